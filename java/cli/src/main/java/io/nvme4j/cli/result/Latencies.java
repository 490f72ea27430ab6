// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.result;

import org.HdrHistogram.Histogram;

/**
 * Latencies in nanoseconds. Count, sum, minimum and maximum are exact; percentiles are to three
 * significant digits. Recording allocates nothing. One thread at a time.
 */
public final class Latencies {
    /** None at all; nothing is ever recorded here. */
    public static final Latencies NONE = new Latencies();

    /** What is longer counts as this long in the percentiles: an hour. */
    private static final long HIGHEST_NANOS = 3_600_000_000_000L;

    static final int SIGNIFICANT_DIGITS = 3;

    // Of a fixed range: a histogram that resizes itself would allocate while it measures.
    private final Histogram histogram = new Histogram(HIGHEST_NANOS, SIGNIFICANT_DIGITS);
    private long count;
    private long sum;
    private long minimum = Long.MAX_VALUE;
    private long maximum;

    /** Nothing yet. */
    public Latencies() {}

    /** Records one; less than 0, which a clock must not give, counts as 0. */
    public void record(long nanos) {
        record(nanos, 1);
    }

    /** Records several that are the same. */
    public void record(long nanos, int times) {
        long latency = Math.max(nanos, 0);
        histogram.recordValueWithCount(Math.min(latency, HIGHEST_NANOS), times);
        count += times;
        sum += times * latency;
        minimum = Math.min(minimum, latency);
        maximum = Math.max(maximum, latency);
    }

    /** Adds what another has recorded. */
    public void add(Latencies other) {
        if (other.count == 0) {
            return;
        }
        histogram.add(other.histogram);
        count += other.count;
        sum += other.sum;
        minimum = Math.min(minimum, other.minimum);
        maximum = Math.max(maximum, other.maximum);
    }

    /** Forgets all. */
    public void reset() {
        if (count > 0) {
            histogram.reset();
        }
        count = 0;
        sum = 0;
        minimum = Long.MAX_VALUE;
        maximum = 0;
    }

    /** What was recorded, in nanoseconds; not to be changed. */
    public Histogram histogram() {
        return histogram;
    }

    public long count() {
        return count;
    }

    /** Sum of all. */
    public long sum() {
        return sum;
    }

    public long minimum() {
        return count == 0 ? 0 : minimum;
    }

    public long maximum() {
        return maximum;
    }

    public double mean() {
        return count == 0 ? 0 : (double) sum / count;
    }

    public double standardDeviation() {
        return count == 0 ? 0 : histogram.getStdDeviation();
    }

    /** The latency that {@code percentage} percent of the commands did not exceed. */
    public long percentile(double percentage) {
        return count == 0 ? 0 : Math.min(histogram.getValueAtPercentile(percentage), maximum);
    }
}
