// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.memory;

import io.nvme4j.internal.map.Gather;
import io.nvme4j.internal.map.MappedMemory;
import io.nvme4j.internal.memory.Backing;
import io.nvme4j.internal.memory.DmaMemory;
import io.nvme4j.internal.memory.MemoryAccess;
import io.nvme4j.internal.memory.SlicedMemory;

import java.lang.foreign.MemorySegment;

/** Gives the rest of the driver what this package keeps from callers. */
final class Access extends MemoryAccess {
    @Override
    protected DmaBuffer buffer(
            DmaMemory memory,
            MappedMemory mapped,
            MemorySegment segment,
            MemoryKind kind,
            Backing backing) {
        return new DmaBuffer(memory, mapped, segment, kind, backing);
    }

    @Override
    protected DmaPool pool(SlicedMemory memory, long sliceSize, int slices) {
        return new DmaPool(memory, sliceSize, slices);
    }

    @Override
    protected MappedMemory mapped(DmaBuffer buffer) {
        return buffer.mapped();
    }

    @Override
    protected Backing backing(DmaBuffer buffer) {
        return buffer.backing();
    }

    @Override
    protected void checkRange(DmaBuffer buffer, DmaMemory user, long offset, long size) {
        buffer.checkRange(user, offset, size);
    }

    @Override
    protected void checkWritable(DmaBuffer buffer) {
        buffer.checkWritable();
    }

    @Override
    protected ScatterGatherList list(DmaMemory memory, CopyPolicy policy) {
        return new ScatterGatherList(memory, policy);
    }

    @Override
    protected Gather gather(ScatterGatherList list) {
        return list.gather();
    }

    @Override
    protected void begin(ScatterGatherList list) {
        list.begin();
    }

    @Override
    protected void end(ScatterGatherList list) {
        list.end();
    }

    @Override
    protected void checkMemory(ScatterGatherList list, DmaMemory user) {
        list.checkMemory(user);
    }

    @Override
    protected void checkReadTarget(ScatterGatherList list) {
        list.checkReadTarget();
    }

    @Override
    protected void checkWriteSource(ScatterGatherList list) {
        list.checkWriteSource();
    }

    @Override
    protected void checkCopyAllowed(ScatterGatherList list) {
        list.checkCopyAllowed();
    }

    @Override
    protected void checkAccessibleBy(ScatterGatherList list, Thread thread) {
        list.checkAccessibleBy(thread);
    }

    @Override
    protected void checkAlive(ScatterGatherList list) {
        list.checkAlive();
    }

    @Override
    protected void copyTo(
            ScatterGatherList list, long from, MemorySegment target, long at, long bytes) {
        list.copyTo(from, target, at, bytes);
    }

    @Override
    protected void copyFrom(
            ScatterGatherList list, MemorySegment source, long at, long to, long bytes) {
        list.copyFrom(source, at, to, bytes);
    }
}
