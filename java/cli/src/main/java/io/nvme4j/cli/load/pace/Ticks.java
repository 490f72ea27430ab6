// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.load.pace;

import io.nvme4j.cli.job.Pacing;
import io.nvme4j.cli.load.random.RandomNumbers;

/** The times at which commands of one direction should start, at a rate. They never drift. */
final class Ticks {
    private final double nanosPerUnit;
    private final boolean ofBytes;
    private final boolean poisson;
    private final RandomNumbers random;

    private long begin;
    private double elapsed;

    /**
     * @param fraction of the rate that is this one's
     */
    Ticks(Pacing.Rate rate, double fraction, boolean poisson, RandomNumbers random) {
        this.nanosPerUnit = 1e9 / (rate.perSecond() * fraction);
        this.ofBytes = rate.ofBytes();
        this.poisson = poisson;
        this.random = random;
        restart(System.nanoTime());
    }

    void restart(long now) {
        begin = now;
        elapsed = 0;
    }

    /** When the next command should start. */
    long next() {
        return begin + (long) elapsed;
    }

    /** A command that moves so many bytes has started. */
    void advance(long bytes) {
        double interval = ofBytes ? bytes * nanosPerUnit : nanosPerUnit;
        elapsed += poisson ? -Math.log(random.fraction()) * interval : interval;
    }
}
