// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.report;

import io.nvme4j.cli.job.workload.Direction;
import io.nvme4j.cli.result.Interval;
import io.nvme4j.cli.result.Latencies;
import io.nvme4j.cli.result.Measured;
import io.nvme4j.cli.result.RunResult;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The page's curves. */
final class PageSeries {
    /** Curves of latency over time. */
    static final List<String> NAMES = List.of("p50", "p90", "p99", "p99.9", "max");

    private static final double[] PERCENTAGES = {50, 90, 99, 99.9, 100};
    private static final int TICKS_PER_HALF_DISTANCE = 8;
    private static final double MEBI = 1 << 20;

    private final RunResult result;
    private final List<Direction> directions;
    private final List<Interval> intervals;

    PageSeries(RunResult result, List<Direction> directions) {
        this.result = result;
        this.directions = directions;
        this.intervals = result.timeline().intervals();
    }

    Map<String, Object> document() {
        long first = intervals.isEmpty() ? 0 : intervals.getFirst().begin();
        Map<String, Object> document = new LinkedHashMap<>();
        document.put(
                "time",
                intervals.stream()
                        .map(one -> seconds((one.begin() - first + one.end() - first) / 2))
                        .toList());
        document.put("end", intervals.stream().map(one -> seconds(one.end() - first)).toList());
        for (Direction direction : directions) {
            document.put(FioReport.name(direction), curves(direction.index()));
        }
        return document;
    }

    private Map<String, Object> curves(int direction) {
        Map<String, Object> curves = new LinkedHashMap<>();
        curves.put("iops", intervals.stream().map(one -> rounded(one.iops(direction))).toList());
        curves.put(
                "mib",
                intervals.stream()
                        .map(one -> rounded(one.bytesPerSecond(direction) / MEBI))
                        .toList());
        for (int i = 0; i < PERCENTAGES.length; i++) {
            curves.put(NAMES.get(i), percentiles(direction, PERCENTAGES[i]));
        }
        return curves;
    }

    /** Microseconds; null where nothing has completed. */
    private List<@Nullable Double> percentiles(int direction, double percentage) {
        List<@Nullable Double> values = new ArrayList<>();
        for (Interval interval : intervals) {
            Histogram histogram = interval.samples().get(direction).histogram();
            values.add(
                    histogram.getTotalCount() == 0
                            ? null
                            : rounded(histogram.getValueAtPercentile(percentage) / 1000.0));
        }
        return values;
    }

    /**
     * Curves of pairs of a percentage and the latency, in microseconds, that so many did not
     * exceed; of the device's part too, where latencies are split.
     */
    List<Object> distributions() {
        List<Object> curves = new ArrayList<>();
        RunResult.Row total = result.total();
        for (Direction direction : directions) {
            Measured measured = total.directions().get(direction.index());
            curves.add(curve(direction, "", measured.total()));
            if (measured.waiting().count() > 0) {
                curves.add(curve(direction, ", of it the device", measured.device()));
            }
        }
        return curves;
    }

    private static Map<String, Object> curve(
            Direction direction, String part, Latencies latencies) {
        List<List<Double>> points = new ArrayList<>();
        for (HistogramIterationValue value :
                latencies.histogram().percentiles(TICKS_PER_HALF_DISTANCE)) {
            points.add(
                    List.of(
                            value.getPercentileLevelIteratedTo(),
                            value.getValueIteratedTo() / 1000.0));
        }
        Map<String, Object> curve = new LinkedHashMap<>();
        curve.put("name", FioReport.name(direction) + part);
        curve.put("colour", direction.index());
        curve.put("isPart", !part.isEmpty());
        curve.put("points", points);
        return curve;
    }

    /** To the microsecond. */
    private static double seconds(long nanos) {
        return Math.round(nanos / 1e3) / 1e6;
    }

    private static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }
}
