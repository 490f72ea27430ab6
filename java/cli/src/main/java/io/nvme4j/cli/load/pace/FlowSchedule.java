// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.load.pace;

/** Holds commands back while others of a flow have had less than their share. */
public final class FlowSchedule implements Schedule {
    private final Schedule schedule;
    private final Flow.Share share;
    private final long restNanos;
    private boolean rests;
    private long restsUntil;

    /**
     * @param restNanos how long it does not look again when it was ahead
     */
    public FlowSchedule(Schedule schedule, Flow.Share share, long restNanos) {
        this.schedule = schedule;
        this.share = share;
        this.restNanos = restNanos;
    }

    @Override
    public int next(long now, int inFlight) {
        if (rests && now - restsUntil < 0) {
            return NONE_DUE;
        }
        rests = share.isAhead();
        restsUntil = now + restNanos;
        return rests ? NONE_DUE : schedule.next(now, inFlight);
    }

    @Override
    public long intendedStart() {
        return schedule.intendedStart();
    }

    @Override
    public void issued(long bytes) {
        share.issued();
        schedule.issued(bytes);
    }

    @Override
    public void restart(long now) {
        schedule.restart(now);
    }

    @Override
    public void end() {
        share.leave();
    }
}
