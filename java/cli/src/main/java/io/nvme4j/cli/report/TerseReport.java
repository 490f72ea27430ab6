// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.report;

import io.nvme4j.cli.job.workload.Direction;
import io.nvme4j.cli.result.Latencies;
import io.nvme4j.cli.result.Measured;
import io.nvme4j.cli.result.RunResult;
import io.nvme4j.cli.text.VersionText;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A run's result as fio's terse lines of version 3, one for each job: fields between semicolons,
 * times in microseconds, bandwidth in KiB/s. Version 3 has no fields for trims.
 */
public final class TerseReport {
    private static final String VERSION = "3";
    private static final int PERCENTILES = 20;

    private final RunResult result;
    private final List<RunResult.ThreadResult> reported;
    private final GroupBandwidth all;

    public TerseReport(RunResult result) {
        this.result = result;
        this.reported = result.reported();
        this.all = new GroupBandwidth(reported, thread -> 0);
    }

    /** The lines. */
    public String document() {
        return reported.stream()
                .map(this::line)
                .collect(Collectors.joining(System.lineSeparator()));
    }

    private String line(RunResult.ThreadResult thread) {
        List<String> fields = new ArrayList<>();
        fields.add(VERSION);
        fields.add("nvme4j-" + VersionText.version());
        fields.add(thread.job().name());
        fields.add(Integer.toString(thread.group()));
        fields.add(result.failure().isEmpty() ? "0" : Integer.toString(FioReport.EIO));
        RunResult.Row total = thread.total();
        addDirection(fields, thread, total.reads(), Direction.READ);
        addDirection(fields, thread, total.writes(), Direction.WRITE);
        fields.add(
                decimal(FioDirection.share((double) thread.userNanos(), (double) thread.nanos()))
                        + "%");
        fields.add(
                decimal(FioDirection.share((double) thread.systemNanos(), (double) thread.nanos()))
                        + "%");
        fields.add(Long.toString(thread.counters().contextSwitches()));
        fields.add(Long.toString(thread.counters().majorFaults()));
        fields.add(Long.toString(thread.counters().minorFaults()));
        for (double level : thread.depths().levels()) {
            fields.add(String.format(Locale.ROOT, "%.1f%%", level));
        }
        addLatencyClasses(fields, total);
        return String.join(";", fields);
    }

    private void addDirection(
            List<String> fields,
            RunResult.ThreadResult thread,
            Measured measured,
            Direction direction) {
        fields.add(Long.toString(measured.bytes() >> 10));
        fields.add(Long.toString(Math.round(thread.perSecond(direction, measured.bytes())) >> 10));
        fields.add(Long.toString(Math.round(thread.perSecond(direction, measured.count()))));
        fields.add(Long.toString(measured.count() == 0 ? 0 : thread.nanos(direction) / 1_000_000));
        addSummary(fields, measured.waiting());
        addSummary(fields, measured.device());
        addPercentiles(fields, thread, measured.device());
        addSummary(fields, measured.total());
        Statistics bandwidth = FioDirection.bandwidth(thread, direction);
        fields.add(Long.toString(Math.round(bandwidth.minimum())));
        fields.add(Long.toString(Math.round(bandwidth.maximum())));
        fields.add(decimal(FioDirection.share(bandwidth.mean(), all.of(thread, direction))) + "%");
        fields.add(decimal(bandwidth.mean()));
        fields.add(decimal(bandwidth.deviation()));
    }

    private static void addSummary(List<String> fields, Latencies latencies) {
        fields.add(Long.toString(latencies.minimum() / 1000));
        fields.add(Long.toString(latencies.maximum() / 1000));
        fields.add(decimal(latencies.mean() / 1000));
        fields.add(decimal(latencies.standardDeviation() / 1000));
    }

    /** There is always room for twenty. */
    private static void addPercentiles(
            List<String> fields, RunResult.ThreadResult thread, Latencies latencies) {
        List<Double> percentages = Percentages.of(thread.job());
        for (double percentage : percentages.stream().limit(PERCENTILES).toList()) {
            fields.add(decimal(percentage) + "%=" + latencies.percentile(percentage) / 1000);
        }
        int missing = Math.max(0, PERCENTILES - percentages.size());
        fields.addAll(Collections.nCopies(missing, "0%=0"));
    }

    /** All below a microsecond is one class here. */
    private static void addLatencyClasses(List<String> fields, RunResult.Row total) {
        List<Double> classes = LatencyClasses.percentages(FioReport.allDirections(total));
        int nanoseconds = LatencyClasses.BOUNDS.size();
        double below = classes.subList(0, nanoseconds).stream().mapToDouble(d -> d).sum();
        fields.add(String.format(Locale.ROOT, "%.2f%%", below + classes.get(nanoseconds)));
        for (double share : classes.subList(nanoseconds + 1, classes.size())) {
            fields.add(String.format(Locale.ROOT, "%.2f%%", share));
        }
    }

    private static String decimal(double value) {
        return String.format(Locale.ROOT, "%f", value);
    }
}
