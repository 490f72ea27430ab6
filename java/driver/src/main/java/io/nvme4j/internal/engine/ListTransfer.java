// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.engine;

import io.nvme4j.CompletionHandler;
import io.nvme4j.Controller;
import io.nvme4j.Transfer;
import io.nvme4j.error.CompletionStatus;
import io.nvme4j.error.Errno;
import io.nvme4j.error.ShimException;
import io.nvme4j.internal.Api;
import io.nvme4j.internal.memory.DmaMemory;
import io.nvme4j.internal.memory.ListUse;
import io.nvme4j.internal.memory.Lists;
import io.nvme4j.internal.queue.CommandQueue;
import io.nvme4j.internal.queue.TransferTask;
import io.nvme4j.map.MappingRules;
import io.nvme4j.memory.ScatterGatherList;

import org.jspecify.annotations.Nullable;

/**
 * A transfer that may be several commands: of any size, and with any memory. It goes in rounds, of
 * as many commands as there is room for, and nothing that was published after it goes before its
 * last. After one that failed there is no other.
 */
public final class ListTransfer implements Special {
    private final TransferTask task;
    private final ListUse use;

    /** The rounds; null before the first. */
    private @Nullable Parts rounds;

    private ListTransfer(TransferTask task, ListUse use) {
        this.task = task;
        this.use = use;
    }

    /**
     * The list can't be changed from here on until the caller is told, or {@link #abandon}.
     *
     * @param access FUA of the engine's options, or 0
     * @param reactor which copies what the controller can't reach
     * @throws IllegalArgumentException if the list is no whole number of blocks, or can't be used
     * @throws IllegalStateException if memory of the list is closed, or another thread is changing
     *     the list
     */
    public static ListTransfer of(
            Transfer transfer, long access, Controller controller, Thread reactor) {
        ScatterGatherList list = transfer.list();
        ListUse use = new ListUse();
        use.begin(list);
        try {
            DmaMemory memory = Api.memory(controller);
            TransferTask task = Api.describe(transfer, new TransferTask(list), list, memory);
            task.addControl(access);
            checkUsable(task, controller.mappingRules(), reactor);
            return new ListTransfer(task, use);
        } catch (RuntimeException | Error e) {
            use.end();
            throw e;
        }
    }

    /** The reactor has nobody to throw at, so that what it would find is found here. */
    static void checkUsable(TransferTask task, MappingRules rules, Thread reactor) {
        task.checkMemory();
        Lists.checkAccessibleBy(task.data(), reactor);
        task.checkCopyAllowed(rules);
    }

    @Override
    public void abandon() {
        use.end();
    }

    /**
     * The list can be changed when the caller has been told; and where that is of a time-out, when
     * the commands have completed, which {@link CommandQueue} sees to.
     */
    @Override
    public CompletionHandler published(CompletionHandler caller) {
        return new Ending(use::end, caller);
    }

    @Override
    public boolean start(LaneCommands commands, Caller caller) {
        Parts rounds = rounds(commands, caller);
        if (rounds.hasFailed()) {
            rounds.close();
            return true;
        }
        return commands.queue().available() > 0 && startRound(commands, rounds);
    }

    /** Returns whether nothing is left to be sent. */
    private boolean startRound(LaneCommands commands, Parts rounds) {
        int slot = commands.queue().nextSlot();
        long record = commands.nextRecord();
        int count;
        try {
            count = commands.queue().prepareSome(task, record);
        } catch (ShimException e) {
            rounds.fail(CompletionStatus.ofErrno(e.errno())); // no memory to copy through
            return true;
        } catch (IllegalStateException | WrongThreadException e) {
            rounds.fail(
                    CompletionStatus.ofErrno(
                            Errno.EFAULT)); // memory was closed after it was published
            return true;
        }
        if (count == 0) {
            return false;
        }
        commands.await(slot, rounds.next(), record);
        boolean isLast = task.isWritten();
        if (isLast) {
            rounds.close();
        }
        commands.stage(count);
        return isLast;
    }

    @Override
    public void end(LaneCommands commands, Caller caller, int status) {
        rounds(commands, caller).fail(status);
    }

    private Parts rounds(LaneCommands commands, Caller caller) {
        Parts known = rounds;
        if (known == null) {
            known = new Parts(commands, caller);
            rounds = known;
        }
        return known;
    }
}
