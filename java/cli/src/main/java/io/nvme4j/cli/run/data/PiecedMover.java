// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run.data;

import io.nvme4j.Namespace;
import io.nvme4j.QueuePair;
import io.nvme4j.cli.job.Buffers;
import io.nvme4j.cli.load.IoSplit;
import io.nvme4j.cli.target.Target;
import io.nvme4j.memory.ScatterGatherList;

/**
 * Blocks without metadata, whose data lie in several pieces that don't touch, so that each piece
 * needs an entry of its own.
 */
final class PiecedMover implements Mover {
    private final Target target;
    private final Namespace namespace;
    private final SlotMemory memory;
    private final SlotLists lists;
    private final long unit;

    /**
     * @param unit bytes of a piece
     */
    PiecedMover(Target target, long unit, SlotMemory memory) {
        this.target = target;
        this.namespace = target.namespace();
        this.memory = memory;
        this.lists = new SlotLists(target.controller(), memory);
        this.unit = unit;
    }

    /** Each piece begins on a page, as PRPs need it, and a page is left out after it. */
    private static long stride(long unit) {
        return ((unit + Buffers.PAGE - 1) & -Buffers.PAGE) + Buffers.PAGE;
    }

    static long bytesPerIo(long unit, long largestIo) {
        return (largestIo + unit - 1) / unit * stride(unit);
    }

    @Override
    public void read(QueuePair queue, long lba, int blocks, int slot) {
        queue.read(namespace, lba, list(slot, blocks), slot);
    }

    @Override
    public void write(QueuePair queue, long lba, int blocks, int slot) {
        queue.write(namespace, lba, list(slot, blocks), slot);
    }

    private ScatterGatherList list(int slot, int blocks) {
        return lists.of(slot, (long) blocks * namespace.blockSize(), unit, stride(unit));
    }

    @Override
    public SlotMemory memory() {
        return memory;
    }

    @Override
    public int stride() {
        return namespace.blockSize();
    }

    /** All of a slot, as the data have something between them. */
    @Override
    public long extent(int blocks) {
        return memory.bytesPerSlot();
    }

    @Override
    public IoSplit split(int blocks) {
        return IoSplit.of(target.controller(), namespace, list(0, blocks), null);
    }

    @Override
    public void close() {
        memory.close();
    }
}
