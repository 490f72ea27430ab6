// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.report;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

import java.util.Map;
import java.util.TreeMap;

/**
 * A distribution in fio's own bins, so that fio's distributions and ours can be laid on each other.
 * A bin is known by the value in its middle; values below 128 ns have bins of their own, and from
 * there on each doubling has 64.
 */
final class FioBins {
    private static final int BITS = 6;

    private FioBins() {}

    /** How many values lie in each bin that has any. */
    static Map<Long, Long> of(Histogram histogram) {
        Map<Long, Long> bins = new TreeMap<>();
        for (HistogramIterationValue value : histogram.recordedValues()) {
            long middle =
                    (value.getValueIteratedTo()
                                    + histogram.lowestEquivalentValue(value.getValueIteratedTo()))
                            / 2;
            bins.merge(bin(middle), value.getCountAddedInThisIterationStep(), Long::sum);
        }
        return bins;
    }

    /** The bin of a latency in nanoseconds. */
    static long bin(long nanos) {
        long width = Long.highestOneBit(Math.max(nanos, 1)) >> BITS;
        return width <= 1 ? nanos : (nanos & -width) + width / 2;
    }
}
