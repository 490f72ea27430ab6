// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run;

import io.nvme4j.Namespace;
import io.nvme4j.QueuePair;
import io.nvme4j.cli.run.data.Mover;
import io.nvme4j.cli.run.data.RefilledData;
import io.nvme4j.cli.run.data.SlotMemory;

import org.jspecify.annotations.Nullable;

/** Prepares a queue's commands, each in its slot, with the data of those that write. */
final class CommandWriter {
    private final Namespace namespace;
    private final QueuePair queue;
    private final OutstandingSlots slots;
    private final Mover mover;
    private final @Nullable RefilledData refilled;
    private final @Nullable DataCheck check;

    CommandWriter(
            Namespace namespace,
            QueuePair queue,
            OutstandingSlots slots,
            Mover mover,
            @Nullable RefilledData refilled,
            @Nullable DataCheck check) {
        this.namespace = namespace;
        this.queue = queue;
        this.slots = slots;
        this.mover = mover;
        this.refilled = refilled;
        this.check = check;
    }

    /** Prepares a command in a slot that was taken. */
    void write(int slot, int kind, long lba, int blocks, long now) {
        slots.put(slot, kind, lba, blocks, now);
        if (Kind.reads(kind)) {
            mover.read(queue, lba, blocks, slot);
        } else if (kind == Kind.WRITE) {
            fill(slot, lba, blocks);
            mover.write(queue, lba, blocks, slot);
        } else {
            assert kind == Kind.TRIM : kind;
            queue.deallocate(namespace, lba, blocks, slot);
        }
    }

    private void fill(int slot, long lba, int blocks) {
        if (refilled != null) {
            SlotMemory memory = mover.memory();
            refilled.fill(memory.segment(), memory.offset(slot), mover.extent(blocks));
        }
        if (check != null) {
            check.beforeWrite(slot, lba, blocks);
        }
    }

    /**
     * Prepares a flush in a slot, which keeps the blocks that it had.
     *
     * @param kind {@link Kind#FLUSH} or {@link Kind#LAST_FLUSH}
     * @param start of what its latency is to be that of
     */
    void flush(int slot, int kind, long start) {
        slots.put(slot, kind, slots.startingLba(slot), slots.blocks(slot), start);
        queue.flush(namespace, slot);
    }
}
