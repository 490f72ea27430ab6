// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.report;

import io.nvme4j.cli.result.Interval;
import io.nvme4j.cli.result.Sample;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How many commands took how long, and when: columns of time, rows of latency. */
final class HeatMap {
    private static final int COLUMNS = 160;
    private static final int ROWS_PER_DOUBLING = 4;

    private final List<Double> begins = new ArrayList<>();
    private final List<Double> ends = new ArrayList<>();
    private final List<TreeMap<Integer, Long>> columns = new ArrayList<>();

    HeatMap(List<Interval> intervals) {
        long first = intervals.isEmpty() ? 0 : intervals.getFirst().begin();
        int together = (intervals.size() + COLUMNS - 1) / COLUMNS;
        for (int i = 0; i < intervals.size(); i++) {
            Interval interval = intervals.get(i);
            if (i % together == 0) {
                begins.add((interval.begin() - first) / 1e9);
                ends.add(0.0);
                columns.add(new TreeMap<>());
            }
            ends.set(ends.size() - 1, (interval.end() - first) / 1e9);
            interval.samples().forEach(this::add);
        }
    }

    private void add(Sample sample) {
        Histogram histogram = sample.histogram();
        for (HistogramIterationValue value : histogram.recordedValues()) {
            columns.getLast()
                    .merge(
                            row(value.getValueIteratedTo()),
                            value.getCountAddedInThisIterationStep(),
                            Long::sum);
        }
    }

    private static int row(long nanos) {
        return (int) (Math.log((double) Math.max(1, nanos)) / Math.log(2) * ROWS_PER_DOUBLING);
    }

    /** Bounds of rows in microseconds; cells as column, row, count. */
    Map<String, Object> document() {
        int lowest =
                columns.stream().flatMap(c -> c.keySet().stream()).min(Integer::compare).orElse(0);
        int highest =
                columns.stream().flatMap(c -> c.keySet().stream()).max(Integer::compare).orElse(-1);
        List<Double> bounds = new ArrayList<>();
        for (int row = lowest; row <= highest + 1; row++) {
            bounds.add(Math.pow(2, (double) row / ROWS_PER_DOUBLING) / 1000);
        }
        List<List<Long>> cells = new ArrayList<>();
        for (int column = 0; column < columns.size(); column++) {
            long number = column;
            columns.get(column)
                    .forEach(
                            (row, count) -> cells.add(List.of(number, (long) row - lowest, count)));
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("begin", begins);
        document.put("end", ends);
        document.put("bounds", bounds);
        document.put("cells", cells);
        return document;
    }
}
