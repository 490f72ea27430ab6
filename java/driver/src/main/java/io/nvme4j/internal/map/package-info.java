/**
 * How a transfer's memory is described to a controller: PRPs, SGLs or fragments, and the commands
 * that a transfer becomes. Numbers in, numbers out: nothing here calls C or knows of a queue.
 *
 * <p>{@link io.nvme4j.internal.map.MappedMemory} is memory with its page table; {@link
 * io.nvme4j.internal.map.Gather} strings ranges of it together; {@link
 * io.nvme4j.internal.map.TransferPlanner} cuts a transfer into commands; {@link
 * io.nvme4j.internal.map.PageMapper} writes the data pointer of each.
 */
@NullMarked
package io.nvme4j.internal.map;

import org.jspecify.annotations.NullMarked;
