// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.load.pace;

/** A command is always due. */
public final class UnpacedSchedule implements Schedule {
    private final Mix mix;
    private long start;

    public UnpacedSchedule(Mix mix) {
        this.mix = mix;
    }

    @Override
    public int next(long now, int inFlight) {
        start = now;
        return mix.next();
    }

    @Override
    public boolean isFreeOfTime() {
        return true;
    }

    @Override
    public long intendedStart() {
        return start;
    }

    @Override
    public void issued(long bytes) {}

    @Override
    public void restart(long now) {}
}
