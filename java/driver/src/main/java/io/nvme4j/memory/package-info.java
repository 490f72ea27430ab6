/**
 * DMA memory and how a command points at it.
 *
 * <p>{@link io.nvme4j.memory.DmaBuffer} is memory that the controller can reach; {@link
 * io.nvme4j.memory.PageMapper} turns a range of it into PRPs, an SGL, or the address that a
 * transport builds those from. This package also holds the rule that memory is not freed while a
 * command may still use it ({@link io.nvme4j.memory.DmaMemory}).
 */
@NullMarked
package io.nvme4j.memory;

import org.jspecify.annotations.NullMarked;
