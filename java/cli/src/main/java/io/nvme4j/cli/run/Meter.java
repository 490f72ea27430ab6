// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run;

import io.nvme4j.cli.job.Job;
import io.nvme4j.cli.result.Depths;
import io.nvme4j.cli.result.Measured;
import io.nvme4j.cli.result.TallyExchange;

/**
 * Measures a queue's commands, on the hot path: allocates nothing.
 *
 * <p>Commands that were reaped together have one time of completion, and mostly were submitted
 * together too. So the latencies of neighbours are mostly the same, and such a run is recorded as
 * one. The last run is recorded when there is time for it, which is while the device is busy: a
 * command that completes alone is followed by the next without delay.
 */
final class Meter {
    private final TallyExchange exchange;
    private final Depths depths;
    private Measured[] current;
    private Measured flushes;
    private final Measured flushesOfMeasurement; // made before that begins, which takes no time

    /* The run that has not been recorded. */
    private int runDirection;
    private long runLatency;
    private int runLength;
    private long runBytes;

    Meter(Job job, int depth) {
        this.depths = new Depths(depth);
        this.exchange = new TallyExchange(job);
        this.current = exchange.current().directions();
        this.flushes = flushes(job);
        this.flushesOfMeasurement = flushes(job);
    }

    private static Measured flushes(Job job) {
        return job.flushing().isMeasured() ? new Measured(false) : Measured.NONE;
    }

    /** A flush that is no part of a write has completed. */
    void flushed(long nanos) {
        flushes.record(nanos, 0);
    }

    /**
     * A command has completed, whose latency is not split.
     *
     * @param nanos from its submission until it was found completed
     * @param bytes that it moved
     */
    void completed(int direction, long nanos, long bytes) {
        if (nanos != runLatency || direction != runDirection) {
            settle();
            runLatency = nanos;
            runDirection = direction;
        }
        runLength++;
        runBytes += bytes;
    }

    /**
     * A command has completed, whose latency is split.
     *
     * @param waited from when it should have started to its submission, in nanoseconds
     * @param onDevice from there until it was found completed
     * @param inCallback from there until the handlers of its round had run
     * @param bytes that it moved
     */
    void completed(int direction, long waited, long onDevice, long inCallback, long bytes) {
        current[direction].recordSplit(waited, onDevice, inCallback, bytes);
    }

    /** Records what is left: there is time for it now, or nothing will follow. */
    void settle() {
        if (runLength > 0) {
            current[runDirection].record(runLatency, runLength, runBytes);
            runLength = 0;
            runBytes = 0;
        }
    }

    /** Hands over what was measured, where someone waits for it. */
    void handOverIfAsked(long now) {
        if (exchange.isAsked()) {
            settle();
            current = exchange.handOver(now).directions();
        }
    }

    /** Forgets what was measured; counts from now on. Takes next to no time. */
    void beginMeasurement(long now) {
        settle();
        current = exchange.beginMeasurement(now).directions();
        depths.reset();
        flushes = flushesOfMeasurement;
    }

    /** For whoever collects what is measured. */
    TallyExchange exchange() {
        return exchange;
    }

    Depths depths() {
        return depths;
    }

    /** For whoever reports them, when the queue is at its end. */
    Measured flushes() {
        return flushes;
    }
}
