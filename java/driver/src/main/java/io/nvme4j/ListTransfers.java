// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import io.nvme4j.internal.memory.DmaMemory;
import io.nvme4j.internal.memory.ListUse;
import io.nvme4j.internal.memory.Lists;
import io.nvme4j.internal.queue.CommandQueue;
import io.nvme4j.internal.queue.ForcedAccess;
import io.nvme4j.internal.queue.FusedPair;
import io.nvme4j.internal.queue.NvmCommand;
import io.nvme4j.internal.queue.TransferTask;
import io.nvme4j.memory.CopyPolicy;
import io.nvme4j.memory.ScatterGatherList;

import org.jspecify.annotations.Nullable;

/**
 * Transfers of a queue pair whose data are in lists: writes their commands to records, and has the
 * queue take them. Each method answers how many commands were written, 0 where there is no room for
 * all. The queue pair's thread's alone.
 */
final class ListTransfers {
    private final CommandQueue queue;
    private final DmaMemory memory;
    private final ForcedAccess access;
    private final boolean fuses;
    private final TransferTask task;
    private final FusedPair pair;

    /* From before a list is checked on, so that what was checked is what the device gets. */
    private final ListUse use = new ListUse();

    /* Of transfers whose caller brought no list, by the slot that stands for the transfer. */
    private final @Nullable ScatterGatherList[] lists;

    /**
     * @param fuses whether the controller has fused commands
     */
    ListTransfers(CommandQueue queue, DmaMemory memory, ForcedAccess access, boolean fuses) {
        this.queue = queue;
        this.memory = memory;
        this.access = access;
        this.fuses = fuses;
        ScatterGatherList none = Lists.list(memory, CopyPolicy.REFUSE);
        this.task = new TransferTask(none);
        this.pair = new FusedPair(none);
        this.lists = new ScatterGatherList[queue.slots()];
    }

    /** An empty list for the transfer that the next slot will stand for. There must be a slot. */
    ScatterGatherList ownList() {
        int slot = queue.nextSlot();
        ScatterGatherList list = lists[slot];
        if (list == null) {
            list = Lists.list(memory, CopyPolicy.COPY);
            lists[slot] = list;
        }
        return list.clear();
    }

    int write(
            int opcode,
            Namespace namespace,
            long startingLba,
            ScatterGatherList list,
            long record) {
        use.begin(list);
        try {
            namespace.checkMemory(memory);
            Lists.checkMemory(list, memory);
            task.begin(opcode, namespace.id(), namespace.layout(), list)
                    .startingAt(namespace.lba(startingLba, task.blocks()))
                    .addControl(access.control(opcode));
            return queue.prepare(task, use, record);
        } finally {
            use.end(); // which the queue has taken over, unless something was refused
        }
    }

    int write(Transfer transfer, long record) {
        ScatterGatherList list = transfer.list();
        use.begin(list);
        try {
            transfer.describe(task, list, memory).addControl(access.control(task.opcode()));
            return queue.prepare(task, use, record);
        } finally {
            use.end(); // as above
        }
    }

    /**
     * @param room apart from standby, on which the second would wait for the first, which waits for
     *     the second
     */
    int writeFused(Transfer compare, Transfer write, int room, long record) {
        ScatterGatherList compared = compare.list();
        ScatterGatherList written = write.list();
        pair.begin(compared, written);
        try {
            compare.describe(pair.compare(), compared, memory);
            write.describe(pair.write(), written, memory)
                    .addControl(access.control(NvmCommand.WRITE));
            pair.fuse(fuses);
            return room >= 2 && queue.tryFused(pair, record) ? 2 : 0;
        } finally {
            pair.end(); // as above
        }
    }
}
