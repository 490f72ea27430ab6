// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.load.pace;

import io.nvme4j.cli.job.Pacing;

/** Rests after some commands, from when the last of them has completed. */
public final class ThinkingSchedule implements Schedule {
    private final Schedule schedule;
    private final long thinkNanos;
    private final int commands;
    private int left;
    private boolean thinking;
    private long thoughtUntil;

    public ThinkingSchedule(Schedule schedule, Pacing pacing) {
        this.schedule = schedule;
        this.thinkNanos = pacing.thinkNanos();
        this.commands = pacing.thinkBlocks();
        this.left = commands;
    }

    @Override
    public int next(long now, int inFlight) {
        if (left == 0 && !mayGoOn(now, inFlight)) {
            return NONE_DUE;
        }
        return schedule.next(now, inFlight);
    }

    private boolean mayGoOn(long now, int inFlight) {
        if (!thinking) {
            thinking = inFlight == 0;
            thoughtUntil = now + thinkNanos;
            return false;
        }
        if (now - thoughtUntil < 0) {
            return false;
        }
        thinking = false;
        left = commands;
        return true;
    }

    @Override
    public long intendedStart() {
        return schedule.intendedStart();
    }

    @Override
    public void issued(long bytes) {
        left--;
        schedule.issued(bytes);
    }

    @Override
    public void restart(long now) {
        schedule.restart(now);
    }
}
