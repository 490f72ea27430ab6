/**
 * The inside of {@code io.nvme4j.memory}: memory that controllers reach ({@link
 * io.nvme4j.internal.memory.DmaMemory}), and the rule that none is freed while a command may still
 * use it ({@link io.nvme4j.internal.memory.Closings}). The two packages know each other; all others
 * go through {@link io.nvme4j.internal.memory.Buffers} and {@link io.nvme4j.internal.memory.Lists}.
 */
@NullMarked
package io.nvme4j.internal.memory;

import org.jspecify.annotations.NullMarked;
