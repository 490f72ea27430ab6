/**
 * Memory for transfers: {@link io.nvme4j.memory.DmaBuffer} is memory that the controller reaches,
 * {@link io.nvme4j.memory.ScatterGatherList} strings memory of any kind together.
 */
@NullMarked
package io.nvme4j.memory;

import org.jspecify.annotations.NullMarked;
