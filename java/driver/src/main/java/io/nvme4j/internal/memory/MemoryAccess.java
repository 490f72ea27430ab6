// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.memory;

import io.nvme4j.internal.map.Gather;
import io.nvme4j.internal.map.MappedMemory;
import io.nvme4j.memory.CopyPolicy;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.DmaPool;
import io.nvme4j.memory.MemoryKind;
import io.nvme4j.memory.ScatterGatherList;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.Objects;

/**
 * What {@code io.nvme4j.memory} keeps from callers and gives to the rest of the driver, which asks
 * {@link Buffers} and {@link Lists}. That package hands it in as its first class is initialised.
 */
public abstract class MemoryAccess {
    private static volatile @Nullable MemoryAccess instance;

    /** Hands it in. */
    public static void set(MemoryAccess access) {
        instance = access;
    }

    static MemoryAccess get() {
        try {
            MethodHandles.lookup().ensureInitialized(DmaBuffer.class);
        } catch (IllegalAccessException e) {
            throw new AssertionError("the class is public", e);
        }
        return Objects.requireNonNull(instance, "DmaBuffer hands it in");
    }

    protected abstract DmaBuffer buffer(
            DmaMemory memory,
            MappedMemory mapped,
            MemorySegment segment,
            MemoryKind kind,
            Backing backing);

    protected abstract DmaPool pool(SlicedMemory memory, long sliceSize, int slices);

    protected abstract MappedMemory mapped(DmaBuffer buffer);

    protected abstract Backing backing(DmaBuffer buffer);

    protected abstract void checkRange(DmaBuffer buffer, DmaMemory user, long offset, long size);

    protected abstract void checkWritable(DmaBuffer buffer);

    protected abstract ScatterGatherList list(DmaMemory memory, CopyPolicy policy);

    protected abstract Gather gather(ScatterGatherList list);

    protected abstract void begin(ScatterGatherList list);

    protected abstract void end(ScatterGatherList list);

    protected abstract void checkMemory(ScatterGatherList list, DmaMemory user);

    protected abstract void checkReadTarget(ScatterGatherList list);

    protected abstract void checkWriteSource(ScatterGatherList list);

    protected abstract void checkCopyAllowed(ScatterGatherList list);

    protected abstract void checkAccessibleBy(ScatterGatherList list, Thread thread);

    protected abstract void checkAlive(ScatterGatherList list);

    protected abstract void copyTo(
            ScatterGatherList list, long from, MemorySegment target, long at, long bytes);

    protected abstract void copyFrom(
            ScatterGatherList list, MemorySegment source, long at, long to, long bytes);
}
