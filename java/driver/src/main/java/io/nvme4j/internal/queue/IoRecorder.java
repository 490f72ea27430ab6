// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.queue;

import io.nvme4j.internal.wait.Nanos;

import java.time.Duration;

/**
 * Tells the Flight Recorder of a queue's slow and failed commands: event {@code io.nvme4j.Io},
 * which begins and ends as the queue's thread submits the command and sees its completion. Without
 * a recording that wants it, {@link #look} is all that it costs. One thread at a time.
 */
public final class IoRecorder {
    /** From 10 ms on a command is slow where nobody says otherwise. */
    public static final long SLOW_NANOS = 10_000_000;

    private final int slots;
    private long slowNanos;

    private boolean on;
    private long now;

    /* By slot; made anew for each recording, which so knows nothing of what went out before. */
    private IoEvent[] events = {};

    /**
     * @param slowNanos from which latency on a command is slow
     */
    public IoRecorder(int slots, long slowNanos) {
        this.slots = slots;
        this.slowNanos = slowNanos;
    }

    /** Sets from which latency on a command is slow. */
    public void slow(Duration threshold) {
        slowNanos = Nanos.ofLatency(threshold);
    }

    /**
     * Looks at the clock, for a batch of commands that are about to go or have come.
     *
     * @return whether a recording is on; if not, nothing else is to be called
     */
    public boolean look() {
        boolean wanted = IoEvent.isOn();
        if (wanted || on) {
            turn(wanted);
        }
        return wanted;
    }

    private void turn(boolean wanted) {
        if (wanted && !on) {
            makeEvents();
        }
        on = wanted;
        now = System.nanoTime();
    }

    private void makeEvents() {
        events = new IoEvent[slots];
        for (int slot = 0; slot < slots; slot++) {
            events[slot] = new IoEvent();
        }
    }

    /** The command in a slot is about to go out. */
    public void submitted(int slot, long record) {
        events[slot].begin(record, now);
    }

    /** Neighbouring records, whose tags are their slots, are about to go out. */
    public void submitted(RecordArray records, int count) {
        for (int i = 0; i < count; i++) {
            long record = records.begin() + i * SubmissionRecord.BYTES;
            submitted(SubmissionRecord.slot(record), record);
        }
    }

    /**
     * The command in a slot, or the transfer that it stands for, has completed.
     *
     * @param status as {@link CompletionRecord#status}
     */
    public void completed(int slot, int status) {
        events[slot].end(status, now, slowNanos);
    }
}
