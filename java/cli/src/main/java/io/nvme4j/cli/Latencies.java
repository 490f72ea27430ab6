// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

import org.HdrHistogram.Histogram;

/**
 * Latencies in nanoseconds. Count, sum, minimum and maximum are exact; percentiles are to three
 * significant digits. Recording allocates nothing. One thread at a time.
 */
final class Latencies {
    /** None at all; nothing is ever recorded here. */
    static final Latencies NONE = new Latencies();

    /** What is longer counts as this long in the percentiles: an hour. */
    private static final long HIGHEST_NANOS = 3_600_000_000_000L;

    private static final int SIGNIFICANT_DIGITS = 3;

    // Of a fixed range: a histogram that resizes itself would allocate while it measures.
    private final Histogram histogram = new Histogram(HIGHEST_NANOS, SIGNIFICANT_DIGITS);
    private long count;
    private long sum;
    private long minimum = Long.MAX_VALUE;
    private long maximum;

    /** Records one; less than 0, which a clock must not give, counts as 0. */
    void record(long nanos) {
        long latency = Math.max(nanos, 0);
        histogram.recordValue(Math.min(latency, HIGHEST_NANOS));
        count++;
        sum += latency;
        minimum = Math.min(minimum, latency);
        maximum = Math.max(maximum, latency);
    }

    /** Adds what another has recorded. */
    void add(Latencies other) {
        histogram.add(other.histogram);
        count += other.count;
        sum += other.sum;
        minimum = Math.min(minimum, other.minimum);
        maximum = Math.max(maximum, other.maximum);
    }

    long count() {
        return count;
    }

    long minimum() {
        return count == 0 ? 0 : minimum;
    }

    long maximum() {
        return maximum;
    }

    double mean() {
        return count == 0 ? 0 : (double) sum / count;
    }

    double standardDeviation() {
        return count == 0 ? 0 : histogram.getStdDeviation();
    }

    /** The latency that {@code percentage} percent of the commands did not exceed. */
    long percentile(double percentage) {
        return count == 0 ? 0 : Math.min(histogram.getValueAtPercentile(percentage), maximum);
    }
}
