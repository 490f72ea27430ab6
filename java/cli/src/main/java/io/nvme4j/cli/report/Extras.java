// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.report;

import io.nvme4j.cli.job.workload.Direction;
import io.nvme4j.cli.result.CoreUse;
import io.nvme4j.cli.result.Interval;
import io.nvme4j.cli.result.RunResult;
import io.nvme4j.cli.result.Sample;
import io.nvme4j.cli.text.Json;

import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a JSON document has beyond fio's: the machine, its processors' use, and the intervals. */
final class Extras {
    private static final double[] PERCENTAGES = {50, 90, 99, 99.9};
    private static final List<String> NAMES = List.of("50", "90", "99", "99.9");

    private final RunResult result;

    Extras(RunResult result) {
        this.result = result;
    }

    Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("machine", MachineFacts.read());
        document.put("cores", result.cores().stream().map(Extras::core).toList());
        document.put("intervals", intervals());
        return document;
    }

    private static Map<String, Object> core(CoreUse core) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("core", core.number());
        document.put("user", Json.number(core.user()));
        document.put("system", Json.number(core.system()));
        return document;
    }

    /**
     * Columns rather than rows, as there may be many: seconds since the begin; and, of each
     * direction that was used, IOPS, and the mean and percentiles of latency in nanoseconds, which
     * are null where nothing has completed.
     */
    private Map<String, Object> intervals() {
        List<Interval> intervals = result.timeline().intervals();
        long begin = intervals.isEmpty() ? 0 : intervals.getFirst().begin();
        Map<String, Object> columns = new LinkedHashMap<>();
        columns.put(
                "begin",
                column(intervals.stream().map(one -> (one.begin() - begin) / 1e9).toList()));
        columns.put(
                "end", column(intervals.stream().map(one -> (one.end() - begin) / 1e9).toList()));
        for (Direction direction : Direction.values()) {
            int index = direction.index();
            if (intervals.stream().anyMatch(one -> one.samples().get(index).count() > 0)) {
                putDirection(columns, intervals, direction);
            }
        }
        return columns;
    }

    private static void putDirection(
            Map<String, Object> columns, List<Interval> intervals, Direction direction) {
        String name = FioReport.name(direction);
        int index = direction.index();
        columns.put(
                name + "_iops", column(intervals.stream().map(one -> one.iops(index)).toList()));
        List<@Nullable Object> means = new ArrayList<>();
        List<List<@Nullable Object>> percentiles = new ArrayList<>();
        for (double ignored : PERCENTAGES) {
            percentiles.add(new ArrayList<>());
        }
        for (Interval interval : intervals) {
            Sample sample = interval.samples().get(index);
            Histogram latencies = sample.histogram();
            boolean isEmpty = sample.count() == 0;
            means.add(isEmpty ? null : Json.number((double) sample.totalNanos() / sample.count()));
            for (int i = 0; i < PERCENTAGES.length; i++) {
                percentiles
                        .get(i)
                        .add(isEmpty ? null : latencies.getValueAtPercentile(PERCENTAGES[i]));
            }
        }
        columns.put(name + "_mean", means);
        for (int i = 0; i < PERCENTAGES.length; i++) {
            columns.put(name + "_p" + NAMES.get(i), percentiles.get(i));
        }
    }

    private static List<Object> column(List<Double> values) {
        List<Object> column = new ArrayList<>();
        values.forEach(value -> column.add(Json.number(value)));
        return column;
    }
}
