// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.memory;

import io.nvme4j.internal.map.MappedMemory;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.DmaPool;
import io.nvme4j.memory.MemoryKind;

import java.lang.foreign.MemorySegment;

/** What the driver knows of buffers, beside what callers do. */
public final class Buffers {
    private static final MemoryAccess ACCESS = MemoryAccess.get();

    private Buffers() {}

    /** Makes a buffer of memory. */
    static DmaBuffer buffer(
            DmaMemory memory,
            MappedMemory mapped,
            MemorySegment segment,
            MemoryKind kind,
            Backing backing) {
        return ACCESS.buffer(memory, mapped, segment, kind, backing);
    }

    /**
     * Makes a pool.
     *
     * @param memory of the controller that it is for
     * @param isCallers whether the controller refuses to close before this is
     * @throws IllegalArgumentException if there can't be such slices
     * @throws io.nvme4j.error.ShimException if there is not enough memory
     */
    public static DmaPool pool(DmaMemory memory, long sliceSize, int slices, boolean isCallers) {
        return ACCESS.pool(memory.allocateSlices(sliceSize, slices, isCallers), sliceSize, slices);
    }

    /** What the controller knows of the memory. */
    public static MappedMemory mapped(DmaBuffer buffer) {
        return ACCESS.mapped(buffer);
    }

    /** Where the memory comes from. */
    static Backing backing(DmaBuffer buffer) {
        return ACCESS.backing(buffer);
    }

    /**
     * Checks that a command of a controller's may use a range of a buffer.
     *
     * @param user the memory of that controller
     * @throws IllegalStateException if the buffer is closed
     * @throws IndexOutOfBoundsException if the range is not inside the buffer
     * @throws IllegalArgumentException if the buffer is another controller's
     */
    public static void checkRange(DmaBuffer buffer, DmaMemory user, long offset, long size) {
        ACCESS.checkRange(buffer, user, offset, size);
    }

    /**
     * Checks that a command may write to the buffer.
     *
     * @throws IllegalArgumentException if its segment is read-only
     */
    public static void checkWritable(DmaBuffer buffer) {
        ACCESS.checkWritable(buffer);
    }
}
