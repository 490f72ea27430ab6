// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import io.nvme4j.queue.SubmissionRecord;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;
import org.jspecify.annotations.Nullable;

/**
 * Measures what the commands of a lane take, where somebody wants to know: for a histogram, and for
 * the Flight Recorder. The clock is read for a batch, not for a command.
 */
final class Observer {
    private static final int DIGITS = 3;

    private final @Nullable SingleWriterRecorder latencies;
    private final long slowNanos;

    private boolean on;
    private long now;

    /* By slot; a start of 0 for a command that nobody measured. */
    private final long[] starts;
    private final long[] commands;
    private final long[] startingLbas;

    /**
     * @param slowNanos from which latency on the Flight Recorder is told
     */
    Observer(int depth, boolean keepsLatencies, long slowNanos) {
        this.latencies = keepsLatencies ? new SingleWriterRecorder(DIGITS) : null;
        this.slowNanos = slowNanos;
        this.starts = new long[depth];
        this.commands = new long[depth];
        this.startingLbas = new long[depth];
    }

    /** What was measured since this was asked last, in nanoseconds; null where nothing is. */
    @Nullable Histogram takeLatencies() {
        return latencies == null ? null : latencies.getIntervalHistogram();
    }

    /** Looks at the clock, for a batch of commands that are about to go or have come. */
    void look() {
        on = latencies != null || IoEvent.isOn();
        if (on) {
            now = System.nanoTime();
        }
    }

    void submitted(int slot, long record) {
        if (on) {
            starts[slot] = now;
            commands[slot] = SubmissionRecord.opcodeAndNamespace(record);
            startingLbas[slot] = SubmissionRecord.startingLba(record);
        }
    }

    void completed(int slot, int status) {
        long start = starts[slot];
        if (start == 0) {
            return;
        }
        starts[slot] = 0;
        if (!on) {
            return;
        }
        long latency = Math.max(0, now - start);
        if (latencies != null) {
            latencies.recordValue(latency);
        }
        if (latency >= slowNanos || status != 0) {
            report(slot, latency, status);
        }
    }

    private void report(int slot, long latency, int status) {
        IoEvent event = new IoEvent();
        if (event.isEnabled()) {
            event.opcode = (int) commands[slot] & 0xFF;
            event.namespace = (int) (commands[slot] >>> 32);
            event.startingLba = startingLbas[slot];
            event.latency = latency;
            event.status = status;
            event.commit();
        }
    }
}
