// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run.data;

import io.nvme4j.Controller;
import io.nvme4j.cli.job.Buffers;
import io.nvme4j.memory.DmaBuffer;

import java.lang.foreign.MemorySegment;

/**
 * The memory of a queue's I/Os: a part of one buffer for each slot.
 *
 * @param bytesPerSlot a multiple of the alignment that was asked for
 * @param slots how many parts there are
 */
public record SlotMemory(DmaBuffer buffer, long bytesPerSlot, int slots) implements AutoCloseable {
    /** Bytes of a slot whose I/Os take so many at most. */
    public static long bytesPerSlot(Buffers buffers, long bytesPerIo) {
        return (bytesPerIo + buffers.alignment() - 1) & -buffers.alignment();
    }

    /**
     * Allocates it where a job wants it to be.
     *
     * @param bytesPerIo that an I/O takes at most
     */
    static SlotMemory allocate(Controller controller, Buffers buffers, long bytesPerIo, int slots) {
        long bytesPerSlot = bytesPerSlot(buffers, bytesPerIo);
        long bytes = slots * bytesPerSlot;
        long alignment = Math.max(buffers.alignment(), Buffers.PAGE);
        DmaBuffer buffer =
                buffers.node() < 0
                        ? controller.allocate(bytes, alignment)
                        : controller.allocate(bytes, alignment, buffers.node());
        return new SlotMemory(buffer, bytesPerSlot, slots);
    }

    /** Where a slot begins, in bytes. */
    public long offset(int slot) {
        return slot * bytesPerSlot;
    }

    /** All slots. */
    public MemorySegment segment() {
        return buffer.segment();
    }

    /** One slot. */
    MemorySegment segment(int slot) {
        return segment().asSlice(offset(slot), bytesPerSlot);
    }

    @Override
    public void close() {
        buffer.close();
    }
}
