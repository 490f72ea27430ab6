// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.report;

import org.HdrHistogram.Histogram;

import java.util.ArrayList;
import java.util.List;

/**
 * How many percent of a job's commands took how long, in the 32 classes of fio's reports: ten each
 * of nanoseconds and microseconds, twelve of milliseconds. A class has what is below its number.
 */
final class LatencyClasses {
    /** Upper bounds. */
    static final List<Integer> BOUNDS = List.of(2, 4, 10, 20, 50, 100, 250, 500, 750, 1000);

    private static final long[] UNITS = {1, 1_000, 1_000_000};

    private final Histogram histogram;
    private long below;

    private LatencyClasses(Histogram histogram) {
        this.histogram = histogram;
    }

    static List<Double> percentages(Histogram histogram) {
        return new LatencyClasses(histogram).classes();
    }

    private List<Double> classes() {
        List<Double> classes = new ArrayList<>();
        for (long unit : UNITS) {
            BOUNDS.forEach(bound -> classes.add(upTo(bound * unit)));
        }
        classes.add(upTo(2_000_000_000L));
        classes.add(upTo(Long.MAX_VALUE));
        return classes;
    }

    private double upTo(long bound) {
        long total = histogram.getTotalCount();
        if (total == 0) {
            return 0;
        }
        boolean isBeyond = bound > histogram.getHighestTrackableValue();
        long count = (isBeyond ? total : histogram.getCountBetweenValues(0, bound - 1)) - below;
        below += count;
        return 100.0 * count / total;
    }
}
