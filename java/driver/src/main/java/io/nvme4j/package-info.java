/**
 * User-space NVMe: attach to a {@link io.nvme4j.Controller}, look at its {@link
 * io.nvme4j.Namespace}s, allocate {@link io.nvme4j.memory.DmaBuffer}s, and read and write through a
 * {@link io.nvme4j.QueuePair} (one thread, poll mode) or an {@link io.nvme4j.Engine} (many
 * threads).
 *
 * <p>This is the public interface; with it belong {@code io.nvme4j.memory.DmaBuffer}, {@code
 * io.nvme4j.spec} and {@code io.nvme4j.error}.
 */
@NullMarked
package io.nvme4j;

import org.jspecify.annotations.NullMarked;
