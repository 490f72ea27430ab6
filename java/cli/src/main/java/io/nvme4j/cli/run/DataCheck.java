// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run;

import io.nvme4j.cli.job.Job;
import io.nvme4j.cli.job.workload.Direction;
import io.nvme4j.cli.load.place.Span;
import io.nvme4j.cli.run.data.Mover;
import io.nvme4j.cli.run.plan.QueuePlan;
import io.nvme4j.cli.target.Target;
import io.nvme4j.cli.verify.BlockGuard;
import io.nvme4j.cli.verify.Fault;
import io.nvme4j.cli.verify.SlotBlocks;

import java.lang.foreign.Arena;

/** What a queue does to verify its data: it marks, checks, and says what to read when. */
final class DataCheck implements AutoCloseable {
    /** Wrong blocks that are told one by one; the others are counted. */
    private static final int MOST_TOLD = 10;

    private final Arena arena = Arena.ofConfined();
    private final Target target;
    private final Job job;
    private final RunControl control;
    private final BlockGuard guard;

    /* Writes that are to be read: a ring. When it is full, a batch of them is read. */
    private final long[] backlogLbas;
    private final int[] backlogBlocks;
    private int backlogFirst;
    private int backlogCount;
    private int toRead;

    private long nextUnit;
    private final long endUnit;
    private long startingLba;
    private int blocks;
    private long wrong;

    /**
     * @param mover has the data
     */
    DataCheck(QueuePlan plan, RunControl control, Mover mover) {
        this.target = plan.target();
        this.job = plan.job();
        this.control = control;
        boolean writes = job.has(Direction.WRITE);
        this.guard =
                new BlockGuard(
                        plan.ledger(arena),
                        job.verification(),
                        writes,
                        new SlotBlocks(
                                mover.memory().segment(),
                                mover.memory().bytesPerSlot(),
                                mover.stride()),
                        this::onFault);
        Span span = plan.span();
        this.nextUnit = guard.unit(span.first());
        this.endUnit = nextUnit + span.blocks() / guard.unitBlocks();
        int backlog = writes ? job.verification().backlog() : 0;
        this.backlogLbas = new long[backlog];
        this.backlogBlocks = new int[backlog];
    }

    boolean claim(long lba, int count) {
        return guard.claim(lba, count);
    }

    void beforeWrite(int slot, long lba, int count) {
        guard.beforeWrite(slot, lba, count);
    }

    void completed(int slot, boolean isWrite, long lba, int count) {
        if (!isWrite) {
            guard.afterRead(slot, lba, count);
            return;
        }
        guard.afterWrite(lba, count);
        if (backlogCount < backlogLbas.length) {
            int at = (backlogFirst + backlogCount++) % backlogLbas.length;
            backlogLbas[at] = lba;
            backlogBlocks[at] = count;
            if (backlogCount == backlogLbas.length) {
                toRead = job.verification().batch();
            }
        }
    }

    void failed(long lba, int count) {
        guard.afterFailure(lba, count);
    }

    /** Whether what was written is to be read before there are further writes. */
    boolean hasBacklog() {
        return toRead > 0;
    }

    /** Chooses the next of them; false where it is being written again. */
    boolean nextOfBacklog() {
        startingLba = backlogLbas[backlogFirst];
        blocks = backlogBlocks[backlogFirst];
        backlogFirst = (backlogFirst + 1) % backlogLbas.length;
        backlogCount--;
        toRead--;
        return guard.claim(startingLba, blocks);
    }

    /** Chooses the next unit, of all that were written; false where there is none left. */
    boolean nextWritten() {
        long unit = nextUnit < 0 ? -1 : guard.nextWritten(nextUnit, endUnit);
        if (unit < 0) {
            nextUnit = -1;
            return false;
        }
        nextUnit = unit + 1;
        startingLba = guard.firstLba(unit);
        blocks = guard.unitBlocks();
        return guard.claim(startingLba, blocks);
    }

    long startingLba() {
        return startingLba;
    }

    int blocks() {
        return blocks;
    }

    private void onFault(Fault fault) {
        wrong++;
        String message = target.label() + ": " + fault;
        if (job.verification().fatal()) {
            control.fail(message);
        } else if (wrong <= MOST_TOLD) {
            control.warn(message);
        }
    }

    long wrong() {
        return wrong;
    }

    /** Fails the run if blocks were wrong, as far as that is not tolerated. */
    void tellWrongBlocks() {
        if (wrong > 0 && !job.errors().toleratesWrongData()) {
            control.fail("%d blocks of %s are wrong".formatted(wrong, target.label()));
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
