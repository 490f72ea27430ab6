// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.report;

import io.nvme4j.cli.job.Job;
import io.nvme4j.cli.job.workload.Direction;
import io.nvme4j.cli.result.CoreUse;
import io.nvme4j.cli.result.Latencies;
import io.nvme4j.cli.result.Measured;
import io.nvme4j.cli.result.RunResult;
import io.nvme4j.cli.text.ByteSize;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** The page's numbers: the few that matter most, all rows, settings and machine. */
final class PageTables {
    private final RunResult result;
    private final List<Job> jobs;

    PageTables(RunResult result) {
        this.result = result;
        this.jobs = result.threads().stream().map(RunResult.ThreadResult::job).distinct().toList();
    }

    String workloads() {
        return jobs.stream()
                .map(
                        job ->
                                job.workload()
                                        + " "
                                        + ByteSize.format(job.largestIo())
                                        + ", depth "
                                        + job.depth())
                .distinct()
                .collect(Collectors.joining("; "));
    }

    List<List<String>> tiles() {
        Latencies all = new Latencies();
        double iops = 0;
        double bytesPerSecond = 0;
        for (Direction direction : Direction.values()) {
            Measured measured = result.total().directions().get(direction.index());
            double seconds = Math.max(result.nanos(direction), 1) / 1e9;
            all.add(measured.total());
            iops += measured.count() / seconds;
            bytesPerSecond += measured.bytes() / seconds;
        }
        return List.of(
                List.of("IOPS", number("%,.0f", iops)),
                List.of("MiB/s", number("%,.1f", bytesPerSecond / (1 << 20))),
                List.of("mean", micros(all.mean())),
                List.of("p50", micros((double) all.percentile(50))),
                List.of("p99", micros((double) all.percentile(99))),
                List.of("p99.9", micros((double) all.percentile(99.9))));
    }

    /** Rows of cells, of which the first are heads. */
    List<List<List<String>>> tables() {
        List<List<String>> parts = parts();
        return parts.size() == 1 ? List.of(rows()) : List.of(rows(), parts);
    }

    private List<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(
                List.of(
                        "",
                        "",
                        "commands",
                        "IOPS",
                        "MiB/s",
                        "mean",
                        "p50",
                        "p90",
                        "p99",
                        "p99.9",
                        "p99.99",
                        "max"));
        result.threads()
                .forEach(thread -> thread.rows().forEach(row -> addRows(rows, row, thread::nanos)));
        addRows(rows, result.total(), result::nanos);
        return rows;
    }

    private static void addRows(
            List<List<String>> rows, RunResult.Row row, ToLongFunction<Direction> nanos) {
        for (Direction direction : Direction.values()) {
            Measured measured = row.directions().get(direction.index());
            if (measured.count() > 0) {
                double seconds = Math.max(nanos.applyAsLong(direction), 1) / 1e9;
                rows.add(cells(row.label(), direction, measured, seconds));
            }
        }
    }

    private static List<String> cells(
            String label, Direction direction, Measured measured, double seconds) {
        Latencies latencies = measured.total();
        return List.of(
                label,
                FioReport.name(direction),
                number("%,.0f", (double) measured.count()),
                number("%,.0f", measured.count() / seconds),
                number("%,.1f", measured.bytes() / seconds / (1 << 20)),
                micros(latencies.mean()),
                micros((double) latencies.percentile(50)),
                micros((double) latencies.percentile(90)),
                micros((double) latencies.percentile(99)),
                micros((double) latencies.percentile(99.9)),
                micros((double) latencies.percentile(99.99)),
                micros((double) latencies.maximum()));
    }

    /** Of latencies that are split. */
    private List<List<String>> parts() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(
                List.of(
                        "Parts of the latency",
                        "",
                        "waiting",
                        "p99",
                        "device",
                        "p99",
                        "callback",
                        "p99"));
        result.rows().forEach(row -> addParts(rows, row));
        addParts(rows, result.total());
        return rows;
    }

    private static void addParts(List<List<String>> rows, RunResult.Row row) {
        for (Direction direction : Direction.values()) {
            Measured measured = row.directions().get(direction.index());
            if (measured.isSplitThroughout()) {
                List<String> cells =
                        new ArrayList<>(List.of(row.label(), FioReport.name(direction)));
                for (Latencies part :
                        List.of(measured.waiting(), measured.device(), measured.callback())) {
                    cells.add(micros(part.mean()));
                    cells.add(micros((double) part.percentile(99)));
                }
                rows.add(cells);
            }
        }
    }

    List<List<Object>> facts() {
        List<List<Object>> facts = new ArrayList<>();
        for (Job job : jobs) {
            facts.add(Page.facts("Settings: " + job.name(), job.options()));
        }
        List<List<String>> controllers = new ArrayList<>();
        for (int i = 0; i < result.ids().size(); i++) {
            controllers.add(List.of("transport id", result.ids().get(i).toString()));
            controllers.add(List.of("controller", result.transport().get(i)));
        }
        facts.add(List.of("Controllers", controllers));
        facts.add(Page.machine());
        facts.add(List.of("Processors' use, by whatever ran", cores()));
        return facts;
    }

    private List<List<String>> cores() {
        List<List<String>> cores = new ArrayList<>();
        for (CoreUse core : result.busyCores()) {
            cores.add(
                    List.of(
                            "core " + core.number(),
                            number("%.0f %% user, ", core.user())
                                    + number("%.0f %% system", core.system())));
        }
        int others = result.cores().size() - cores.size();
        if (others > 0) {
            cores.add(List.of(others + (cores.isEmpty() ? "" : " others"), "idle, or nearly"));
        }
        return cores;
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    private static String micros(double nanos) {
        return nanos >= 1e7 ? number("%,.1f ms", nanos / 1e6) : number("%,.1f µs", nanos / 1e3);
    }
}
