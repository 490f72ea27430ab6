// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run;

import io.nvme4j.CompletionHandler;
import io.nvme4j.ProtectionInformation;
import io.nvme4j.cli.job.Flushing;
import io.nvme4j.cli.job.Job;
import io.nvme4j.cli.job.workload.Direction;
import io.nvme4j.cli.load.DepthSearch;
import io.nvme4j.cli.run.data.Mover;
import io.nvme4j.cli.run.plan.QueuePlan;
import io.nvme4j.error.CommandException;

import org.jspecify.annotations.Nullable;

/**
 * What becomes of a queue's commands that have completed: they are measured, and what they have
 * read is checked where that is asked for. On the hot path: allocates nothing, unless a command
 * fails.
 */
final class Completions implements CompletionHandler {
    private final OutstandingSlots slots;
    private final Mover mover;
    private final Meter meter;
    private final Failures failures;
    private final @Nullable DataCheck check;
    private final @Nullable DepthSearch search;
    private final Flushing flushing;
    private final boolean isPaced;
    private final boolean splitsLatency;
    private final boolean isChecked;

    /** Whether all that counts is how long a command took, as with most jobs. */
    private final boolean isPlain;

    private final int bytesPerBlock;

    /** Of commands that are not measured as others are: writes that their flush is a part of. */
    private final int measuredApart;

    private long found; // when the round's first completion was told of, where latencies are split

    Completions(
            QueuePlan plan,
            RunControl control,
            OutstandingSlots slots,
            Mover mover,
            @Nullable DataCheck check,
            @Nullable DepthSearch search) {
        Job job = plan.job();
        this.slots = slots;
        this.mover = mover;
        this.meter = new Meter(job, slots.capacity());
        this.failures = new Failures(job, plan.target(), control);
        this.check = check;
        this.search = search;
        this.flushing = job.flushing();
        this.isPaced = job.pacing().isPaced();
        this.splitsLatency = job.splitsLatency();
        this.isChecked = check != null || plan.target().namespace().metadataSize() > 0;
        this.bytesPerBlock = plan.target().namespace().blockSize();
        this.isPlain = !splitsLatency && !isChecked && search == null && !flushing.isPartOfWrite();
        this.measuredApart = flushing.isPartOfWrite() ? Kind.WRITE : Kind.FLUSH;
    }

    @Override
    public void onCompletion(long tag, int status, int result) {
        if (splitsLatency && slots.reaped() == 0) {
            found = System.nanoTime();
        }
        int slot = (int) tag;
        slots.complete(slot);
        if (status != 0) {
            fail(slot, String.valueOf(CommandException.of(status).getMessage()));
        }
    }

    /** Deals with all that this round has reaped, after it was told of. */
    void record(long now) {
        int reaped = slots.reaped();
        meter.depths().completed(reaped);
        for (int i = 0; i < reaped; i++) {
            record(slots.reaped(i), now);
        }
        meter.handOverIfAsked(now);
    }

    private void record(int slot, long now) {
        int kind = slots.kind(slot);
        if (isPlain && kind <= Kind.TRIM) {
            meter.completed(kind, now - slots.submission(slot), bytes(slot));
            return;
        }
        if (kind == measuredApart || !Kind.isMeasured(kind)) {
            recordApart(kind, now - slots.submission(slot));
            return;
        }
        if (isChecked && !passes(slot, kind)) {
            return;
        }
        long submission = slots.submission(slot);
        if (search != null && kind != Kind.VERIFY) {
            search.record(now - (isPaced ? slots.intendedStart(slot) : submission));
        }
        if (splitsLatency) {
            boolean isLate = isPaced && kind != Kind.VERIFY;
            long waited = isLate ? submission - slots.intendedStart(slot) : 0;
            meter.completed(
                    Kind.direction(kind), waited, found - submission, now - found, bytes(slot));
        } else {
            meter.completed(Kind.direction(kind), now - submission, bytes(slot));
        }
    }

    private long bytes(int slot) {
        return (long) slots.blocks(slot) * bytesPerBlock;
    }

    private void recordApart(int kind, long nanos) {
        if (kind == Kind.FLUSH) {
            meter.flushed(nanos);
        }
    }

    /** Whether what was read is right as far as its protection information says. */
    private boolean passes(int slot, int kind) {
        long lba = slots.startingLba(slot);
        int blocks = slots.blocks(slot);
        ProtectionInformation.Mismatch wrong =
                Kind.reads(kind) ? mover.check(lba, blocks, slot) : null;
        if (wrong != null) {
            fail(
                    slot,
                    "protection information is wrong: %s of block %d of the command"
                            .formatted(wrong.part(), wrong.block()));
            return false;
        }
        if (check != null) {
            check.completed(slot, Kind.direction(kind) == Kind.WRITE, lba, blocks);
        }
        return true;
    }

    private void fail(int slot, String reason) {
        int kind = slots.kind(slot);
        boolean movesNothing = Kind.flushes(kind) && !flushing.isPartOfWrite();
        slots.fail(slot);
        if (check != null && !movesNothing) {
            check.failed(slots.startingLba(slot), slots.blocks(slot));
        }
        failures.add(
                Direction.of(Kind.direction(kind)),
                slots.startingLba(slot),
                slots.blocks(slot),
                reason);
    }

    /** When the round's first command was found to have completed. */
    long found(long now) {
        return splitsLatency ? found : now;
    }

    Meter meter() {
        return meter;
    }

    /** Commands that failed, and blocks that are wrong. */
    long errors() {
        return failures.count() + (check == null ? 0 : check.wrong());
    }
}
