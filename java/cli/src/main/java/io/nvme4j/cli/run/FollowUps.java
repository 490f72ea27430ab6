// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run;

import io.nvme4j.cli.job.Flushing;
import io.nvme4j.cli.job.Job;

import java.util.function.IntPredicate;

/**
 * Commands that follow others in their slots, as soon as these have completed: a flush after so
 * many writes, and the write of blocks that were deallocated for it.
 */
final class FollowUps {
    private final Flushing flushing;
    private final boolean trimsBeforeWriting;
    private final boolean areNone;
    private final OutstandingSlots slots;
    private final CommandWriter writer;
    private final IntPredicate following = this::isFollowed;
    private int untilFlush;
    private long now;

    FollowUps(Job job, OutstandingSlots slots, CommandWriter writer) {
        this.flushing = job.flushing();
        this.untilFlush = flushing.every();
        this.trimsBeforeWriting = job.workload().trimsBeforeWriting();
        this.areNone = none(job);
        this.slots = slots;
        this.writer = writer;
    }

    /** Whether there are none, whatever completes. */
    static boolean none(Job job) {
        return job.flushing().every() == 0 && !job.workload().trimsBeforeWriting();
    }

    /** Prepares those of the commands that this round has reaped. */
    void prepare(long time) {
        if (!areNone) {
            now = time;
            slots.reuse(following);
        }
    }

    private boolean isFollowed(int slot) {
        int kind = slots.kind(slot);
        if (kind == Kind.WRITE && flushing.every() > 0 && --untilFlush == 0) {
            untilFlush = flushing.every();
            long start = flushing.isPartOfWrite() ? slots.submission(slot) : now;
            writer.flush(slot, Kind.FLUSH, start);
            return true;
        }
        if (kind == Kind.TRIM && trimsBeforeWriting) {
            slots.intendedStart(slot, now);
            writer.write(slot, Kind.WRITE, slots.startingLba(slot), slots.blocks(slot), now);
            return true;
        }
        return false;
    }

    /** Brings what was written to the medium, where that is asked for and has not been done. */
    void flushAtEnd() {
        if (flushing.atEnd() && !flushing.isPartOfWrite() && slots.count() == 0) {
            writer.flush(slots.take(), Kind.LAST_FLUSH, now);
        }
    }
}
