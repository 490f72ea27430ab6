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
import io.nvme4j.internal.queue.CommandQueue;
import io.nvme4j.internal.queue.FusedPair;
import io.nvme4j.memory.ScatterGatherList;

/**
 * A fused Compare and Write (Base, "Fused Operations"): two commands that follow each other in the
 * queue and go out with one doorbell. The caller is told once, when both have completed.
 */
public final class CompareAndWrite implements Special {
    private final FusedPair pair;

    private CompareAndWrite(FusedPair pair) {
        this.pair = pair;
    }

    /**
     * The lists can't be changed from here on until the caller is told, or {@link #abandon}.
     *
     * @param access FUA of the engine's options for the Write, or 0
     * @param reactor which copies what the controller can't reach
     * @throws IllegalArgumentException if the two can't be fused, or their lists can't be used
     * @throws IllegalStateException if memory is closed, or another thread is changing a list
     */
    public static CompareAndWrite of(
            Transfer compare, Transfer write, long access, Controller controller, Thread reactor) {
        ScatterGatherList compared = compare.list();
        ScatterGatherList written = write.list();
        FusedPair pair = new FusedPair(compared);
        pair.begin(compared, written);
        try {
            DmaMemory memory = Api.memory(controller);
            Api.describe(compare, pair.compare(), compared, memory);
            Api.describe(write, pair.write(), written, memory).addControl(access);
            pair.fuse(controller.identify().supportsFusedCompareAndWrite());
            ListTransfer.checkUsable(pair.compare(), controller.mappingRules(), reactor);
            ListTransfer.checkUsable(pair.write(), controller.mappingRules(), reactor);
            checkSize(Math.max(compared.length(), written.length()), controller);
            return new CompareAndWrite(pair);
        } catch (RuntimeException | Error e) {
            pair.end();
            throw e;
        }
    }

    private static void checkSize(long bytes, Controller controller) {
        if (bytes > controller.limits().transferSize()) {
            throw new IllegalArgumentException(
                    "a fused Compare and Write is two commands of at most "
                            + controller.limits().transferSize()
                            + " bytes");
        }
    }

    @Override
    public void abandon() {
        pair.end();
    }

    @Override
    public CompletionHandler published(CompletionHandler caller) {
        return new Ending(pair::end, caller);
    }

    @Override
    public boolean start(LaneCommands commands, Caller caller) {
        CommandQueue queue = commands.queue();
        if (queue.available() < 2) {
            return false;
        }
        int slot = queue.nextSlot();
        long record = commands.nextRecord();
        try {
            if (!queue.tryFused(pair, record)) {
                return false; // bounce buffers are missing
            }
        } catch (ShimException e) {
            commands.tell(caller, CompletionStatus.ofErrno(e.errno())); // no memory to copy through
            return true;
        } catch (IllegalArgumentException e) {
            commands.tell(
                    caller,
                    CompletionStatus.ofErrno(
                            Errno.EINVAL)); // one of them would be several commands
            return true;
        } catch (IllegalStateException | WrongThreadException e) {
            commands.tell(
                    caller,
                    CompletionStatus.ofErrno(
                            Errno.EFAULT)); // memory was closed after it was published
            return true;
        }
        commands.await(slot, caller, record);
        commands.stage(2);
        return true;
    }
}
