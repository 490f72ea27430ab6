// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import io.nvme4j.CompletionHandler;
import io.nvme4j.Namespace;
import io.nvme4j.error.Errno;
import io.nvme4j.memory.DmaMemory;
import io.nvme4j.memory.ScatterGatherList;
import io.nvme4j.queue.CommandQueue;
import io.nvme4j.queue.Transfer;
import io.nvme4j.spec.NvmOpcode;

/** A transfer that may be several commands: of any size, and with any memory. */
final class ListTransfer implements Special {
    private final Transfer transfer;
    private final ScatterGatherList list;

    /**
     * @param control CDW12 bits 31:16
     * @throws IllegalArgumentException if the list is no whole number of blocks, or can't be used
     */
    ListTransfer(
            NvmOpcode opcode,
            Namespace namespace,
            long startingLba,
            ScatterGatherList list,
            int control,
            DmaMemory memory) {
        namespace.checkMemory(memory);
        list.checkMemory(memory);
        boolean reads = opcode == NvmOpcode.READ;
        if (reads) {
            list.checkReadTarget();
        } else {
            list.checkWriteSource();
        }
        this.list = list;
        this.transfer =
                new Transfer(list)
                        .begin(
                                opcode.value(),
                                namespace.id(),
                                namespace.layout(),
                                startingLba,
                                namespace.blocks(list.length()),
                                list,
                                reads)
                        .protection(control, 0, false, 0);
    }

    /**
     * The list can't be changed from here on until the caller is told; and where that is of a
     * time-out, until the commands have completed, which {@link CommandQueue} sees to.
     */
    @Override
    public CompletionHandler published(CompletionHandler caller) {
        list.begin();
        return (tag, status, result) -> {
            list.end();
            caller.onCompletion(tag, status, result);
        };
    }

    @Override
    public boolean start(Lane lane, Caller caller) {
        CommandQueue queue = lane.queue();
        if (queue.available() == 0) {
            return false;
        }
        int slot = queue.nextSlot();
        int count;
        try {
            count = queue.prepare(transfer, lane.ownRecords().begin());
        } catch (IllegalStateException e) {
            if (!lane.isIdle()) {
                return false; // no room for all of its commands yet
            }
            lane.tell(caller, Errno.EFAULT << 16); // memory was closed
            return true;
        } catch (RuntimeException e) {
            lane.tell(caller, Errno.EINVAL << 16);
            return true;
        }
        lane.await(slot, caller, lane.ownRecords().begin());
        lane.submit(count);
        return true;
    }
}
