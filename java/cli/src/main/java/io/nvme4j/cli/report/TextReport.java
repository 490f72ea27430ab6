// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.report;

import io.nvme4j.cli.job.Job;
import io.nvme4j.cli.job.workload.Direction;
import io.nvme4j.cli.result.CoreUse;
import io.nvme4j.cli.result.Latencies;
import io.nvme4j.cli.result.Measured;
import io.nvme4j.cli.result.RunResult;
import io.nvme4j.cli.text.ByteSize;

import java.io.PrintWriter;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/** A run's result as tables, in the manner of spdk_nvme_perf. */
public final class TextReport {
    private static final List<Double> PERCENTAGES = List.of(50.0, 90.0, 99.0, 99.9, 99.99);

    private static final int NAME_WIDTH = 24;

    private final RunResult result;
    private final List<Line> lines = new ArrayList<>();
    private final PrintWriter out;

    /** A row of the tables: what some device did in one direction. */
    private record Line(String label, String direction, Measured measured, double seconds) {
        double perSecond(double amount) {
            return seconds == 0 ? 0 : amount / seconds;
        }

        Latencies latencies() {
            return measured.total();
        }
    }

    private TextReport(PrintWriter out, RunResult result) {
        this.out = out;
        this.result = result;
        for (RunResult.ThreadResult thread : result.threads()) {
            thread.rows().forEach(row -> add(row, thread::nanos, List.of(thread.job())));
            addFlushes(thread);
        }
        List<Job> jobs = result.threads().stream().map(RunResult.ThreadResult::job).toList();
        add(result.total(), result::nanos, jobs);
    }

    private void add(RunResult.Row row, ToLongFunction<Direction> nanos, List<Job> jobs) {
        for (Direction direction : Direction.values()) {
            Measured measured = row.directions().get(direction.index());
            if (jobs.stream().anyMatch(job -> job.measures(direction))) {
                String name = direction.name().toLowerCase(Locale.ROOT);
                double seconds = nanos.applyAsLong(direction) / 1e9;
                lines.add(new Line(shortened(row.label()), name, measured, seconds));
            }
        }
    }

    private void addFlushes(RunResult.ThreadResult thread) {
        if (thread.flushes().count() > 0) {
            String label = shortened(thread.rows().getLast().label());
            lines.add(new Line(label, "flush", thread.flushes(), thread.nanos() / 1e9));
        }
    }

    /** A job's name may be long; what tells its threads apart is at the name's end. */
    private static String shortened(String label) {
        int end = label.indexOf(": ");
        return end <= NAME_WIDTH
                ? label
                : label.substring(0, NAME_WIDTH / 2)
                        + "..."
                        + label.substring(end - NAME_WIDTH / 3);
    }

    /**
     * Prints it.
     *
     * @param detail 0 for the usual percentiles, 1 for many, 2 for the histogram too
     */
    public static void print(PrintWriter out, RunResult result, int detail) {
        TextReport report = new TextReport(out, result);
        report.printHead();
        report.printLines();
        report.printParts();
        report.printDetails(detail);
        report.printCores();
        report.printClock();
        report.printEarlyEnd();
    }

    private void printHead() {
        result.transport().forEach(out::println);
        result.threads().stream()
                .map(RunResult.ThreadResult::job)
                .distinct()
                .forEach(this::printJob);
        out.println();
    }

    private void printJob(Job job) {
        List<RunResult.ThreadResult> own =
                result.threads().stream().filter(thread -> thread.job().equals(job)).toList();
        int commands = own.stream().mapToInt(RunResult.ThreadResult::commandsPerIo).max().orElse(1);
        out.printf(
                Locale.ROOT,
                "%s%s, %s%s, queue depth %d, %d worker%s, %.2f s%n",
                job.workload(),
                job.workload().isMixed() ? ", " + job.access().readPercentage() + " % reads" : "",
                job.smallestIo() == job.largestIo()
                        ? ByteSize.format(job.largestIo())
                        : ByteSize.format(job.smallestIo())
                                + " to "
                                + ByteSize.format(job.largestIo()),
                commands == 1 ? "" : " in up to " + commands + " commands",
                job.depth(),
                own.size(),
                own.size() == 1 ? "" : "s",
                own.stream().mapToLong(RunResult.ThreadResult::nanos).max().orElse(0) / 1e9);
    }

    /** Rates and percentiles, in columns of the same widths. */
    private void printLines() {
        NumberTable table = new NumberTable();
        table.add("", "", "IOPS", "MiB/s", "mean us", "min us", "max us");
        for (Line line : lines) {
            table.add(
                    line.label,
                    line.direction,
                    number(line.perSecond((double) line.measured.count())),
                    number(line.perSecond((double) line.measured.bytes() / (1 << 20))),
                    microseconds(line.latencies().mean()),
                    microseconds((double) line.latencies().minimum()),
                    microseconds((double) line.latencies().maximum()));
        }
        table.addGap();
        List<Double> percentages = percentages();
        table.add(
                "Latency, us",
                "",
                percentages.stream().map(TextReport::percent).toArray(String[]::new));
        for (Line line : lines) {
            table.add(
                    line.label,
                    line.direction,
                    percentages.stream()
                            .map(each -> microseconds((double) line.latencies().percentile(each)))
                            .toArray(String[]::new));
        }
        table.print(out);
    }

    /** Those of the first job that has some of its own, as there is one table for all. */
    private List<Double> percentages() {
        return result.threads().stream()
                .map(thread -> thread.job().percentiles())
                .filter(own -> !own.isEmpty())
                .findFirst()
                .orElse(PERCENTAGES);
    }

    private static String percent(double percentage) {
        return BigDecimal.valueOf(percentage).stripTrailingZeros().toPlainString() + "%";
    }

    /** Of latencies that are split. */
    private void printParts() {
        List<Line> split =
                lines.stream().filter(line -> line.measured.isSplitThroughout()).toList();
        if (split.isEmpty()) {
            return;
        }
        NumberTable table = new NumberTable();
        table.add("Parts of it, us", "", "waiting", "99%", "device", "99%", "callback", "99%");
        for (Line line : split) {
            List<String> cells = new ArrayList<>();
            Measured measured = line.measured;
            for (Latencies part :
                    List.of(measured.waiting(), measured.device(), measured.callback())) {
                cells.add(microseconds(part.mean()));
                cells.add(microseconds((double) part.percentile(99)));
            }
            table.add(line.label, line.direction, cells.toArray(String[]::new));
        }
        out.println();
        table.print(out);
    }

    private void printDetails(int detail) {
        for (Line line : detail > 0 ? lines : List.<Line>of()) {
            String title = line.label + ", " + line.direction;
            LatencyDetails details = new LatencyDetails(out, title, line.latencies());
            details.printSummary();
            if (detail > 1) {
                details.printHistogram();
            }
        }
    }

    private void printClock() {
        out.printf("%nClock: %s.%n", ClockFacts.measure().text());
    }

    private void printCores() {
        List<CoreUse> busy = result.busyCores();
        if (!busy.isEmpty()) {
            NumberTable table = new NumberTable();
            table.add("Processors, % with whatever ran", "", "user", "system");
            for (CoreUse core : busy) {
                table.add("core " + core.number(), "", number(core.user()), number(core.system()));
            }
            out.println();
            table.print(out);
        }
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 10_000 ? "%.2f" : "%.0f", value);
    }

    private static String microseconds(double nanos) {
        return number(nanos / 1000);
    }

    private void printEarlyEnd() {
        if (result.signal() != 0) {
            boolean empty = lines.stream().allMatch(line -> line.measured.count() == 0);
            out.printf(
                    "%nStopped early by a signal%s.%n",
                    empty ? ", before anything was measured" : "");
        }
        if (result.errors() > 0) {
            out.printf(
                    "%n%d commands failed; the numbers are of those that did not.%n",
                    result.errors());
        }
    }
}
