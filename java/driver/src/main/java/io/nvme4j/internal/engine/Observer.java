// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.engine;

import io.nvme4j.internal.queue.IoRecorder;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;
import org.jspecify.annotations.Nullable;

import java.util.function.LongConsumer;

/**
 * Measures what the commands of a lane take, where somebody wants to know: for a histogram and
 * those who listen, and for the Flight Recorder. The clock is read for a batch, not for a command.
 */
public final class Observer {
    private static final int DIGITS = 3;

    private final @Nullable SingleWriterRecorder latencies;
    private final IoRecorder recorder;
    private volatile LongConsumer listener = latency -> {};

    private boolean records;
    private long now;

    /* By slot. */
    private final long[] starts;

    /**
     * @param slowNanos from which latency on the Flight Recorder is told
     */
    public Observer(int depth, boolean keepsLatencies, long slowNanos) {
        this.latencies = keepsLatencies ? new SingleWriterRecorder(DIGITS) : null;
        this.recorder = new IoRecorder(depth, slowNanos);
        this.starts = new long[depth];
    }

    /** Whether latencies are measured. */
    public boolean keepsLatencies() {
        return latencies != null;
    }

    /** What was measured since this was asked last, in nanoseconds; null where nothing is. */
    public @Nullable Histogram takeLatencies() {
        return latencies == null ? null : latencies.getIntervalHistogram();
    }

    /** Has the lane's reactor tell of each latency that is kept, in nanoseconds. Any thread. */
    public synchronized void listen(LongConsumer another) {
        LongConsumer others = listener;
        listener =
                latency -> {
                    others.accept(latency);
                    another.accept(latency);
                };
    }

    /** Looks at the clock, for a batch of commands that are about to go or have come. */
    void look() {
        records = recorder.look();
        if (latencies != null) {
            now = System.nanoTime();
        }
    }

    void submitted(int slot, long record) {
        if (latencies != null) {
            starts[slot] = now;
        }
        if (records) {
            recorder.submitted(slot, record);
        }
    }

    void completed(int slot, int status) {
        if (latencies != null) {
            long latency = now - starts[slot];
            latencies.recordValue(latency);
            listener.accept(latency);
        }
        if (records) {
            recorder.completed(slot, status);
        }
    }
}
