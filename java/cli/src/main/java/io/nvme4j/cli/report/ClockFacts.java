// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.report;

import java.util.Arrays;
import java.util.Locale;

/**
 * What the clock adds to what it measures.
 *
 * @param nanosPerReading that a reading takes, the median of several runs
 * @param resolutionNanos the least that two readings differed by
 */
record ClockFacts(double nanosPerReading, long resolutionNanos) {
    private static final int RUNS = 15;
    private static final int READINGS = 20_000;

    /** Measures {@link System#nanoTime}: some milliseconds. */
    static ClockFacts measure() {
        double[] nanos = new double[RUNS];
        long least = Long.MAX_VALUE;
        for (int run = 0; run < RUNS; run++) {
            long begin = System.nanoTime();
            long last = begin;
            for (int i = 0; i < READINGS; i++) {
                long now = System.nanoTime();
                if (now != last) {
                    least = Math.min(least, now - last);
                }
                last = now;
            }
            nanos[run] = (double) (last - begin) / READINGS;
        }
        Arrays.sort(nanos);
        return new ClockFacts(nanos[RUNS / 2], least);
    }

    /** For people. */
    String text() {
        return String.format(
                Locale.ROOT,
                "a reading takes %.0f ns, and is to %d ns; each latency contains one",
                nanosPerReading,
                resolutionNanos);
    }
}
