// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run.data;

import io.nvme4j.Namespace;
import io.nvme4j.QueuePair;
import io.nvme4j.cli.load.IoSplit;
import io.nvme4j.cli.target.Target;
import io.nvme4j.memory.CopyPolicy;
import io.nvme4j.memory.DmaBuffer;

/** Blocks without metadata, whose data lie in one piece. */
final class PlainMover implements Mover {
    private final Target target;
    private final Namespace namespace;
    private final SlotMemory memory;
    private final DmaBuffer buffer;
    private final long bytesPerSlot;

    PlainMover(Target target, SlotMemory memory) {
        this.target = target;
        this.namespace = target.namespace();
        this.memory = memory;
        this.buffer = memory.buffer();
        this.bytesPerSlot = memory.bytesPerSlot();
    }

    @Override
    public void read(QueuePair queue, long lba, int blocks, int slot) {
        queue.read(namespace, lba, blocks, buffer, slot * bytesPerSlot, slot);
    }

    @Override
    public void write(QueuePair queue, long lba, int blocks, int slot) {
        queue.write(namespace, lba, blocks, buffer, slot * bytesPerSlot, slot);
    }

    @Override
    public SlotMemory memory() {
        return memory;
    }

    @Override
    public int stride() {
        return namespace.blockSize();
    }

    @Override
    public IoSplit split(int blocks) {
        return IoSplit.of(
                target.controller(),
                namespace,
                target.controller()
                        .scatterGatherList(CopyPolicy.REFUSE)
                        .add(buffer, 0, extent(blocks)),
                null);
    }

    @Override
    public void close() {
        memory.close();
    }
}
