// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.report;

import io.nvme4j.cli.job.ErrorPolicy;
import io.nvme4j.cli.job.LatencyGoal;
import io.nvme4j.cli.job.workload.Direction;
import io.nvme4j.cli.result.Depths;
import io.nvme4j.cli.result.Latencies;
import io.nvme4j.cli.result.Measured;
import io.nvme4j.cli.result.RunResult;
import io.nvme4j.cli.text.Json;
import io.nvme4j.cli.text.VersionText;

import org.HdrHistogram.Histogram;

import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A run's result as a JSON document in the shape of fio 3's, so that what reads fio's reads this.
 * Threads that report as a group are one job. What only nvme4j measures is under {@code nvme4j}.
 */
public final class FioReport {
    /** What fio says where something other than a system call failed. */
    static final int EIO = 5;

    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final List<String> LEVELS = List.of("1", "2", "4", "8", "16", "32", ">=64");
    private static final List<String> BATCHES = List.of("0", "4", "8", "16", "32", "64", ">=64");

    private final RunResult result;
    private final List<RunResult.ThreadResult> reported;
    private final GroupBandwidth groups;
    private final ZonedDateTime begin;
    private final boolean withBins;
    private final ZonedDateTime now = ZonedDateTime.now(ZoneId.systemDefault());

    /**
     * @param begin when the command began
     * @param withBins whether the distributions are there too: fio's json+
     */
    public FioReport(RunResult result, ZonedDateTime begin, boolean withBins) {
        this.result = result;
        this.reported = result.reported();
        this.groups = new GroupBandwidth(reported, RunResult.ThreadResult::group);
        this.begin = begin;
        this.withBins = withBins;
    }

    /** The document's text. */
    public String document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("fio version", "nvme4j-" + VersionText.version());
        document.put("timestamp", now.toEpochSecond());
        document.put("timestamp_ms", now.toInstant().toEpochMilli());
        document.put(
                "time",
                now.format(DateTimeFormatter.ofPattern("EEE MMM d HH:mm:ss yyyy", Locale.ROOT)));
        document.put("global options", globalOptions());
        document.put("jobs", reported.stream().map(this::job).toList());
        document.put("nvme4j", new Extras(result).document());
        return Json.text(document);
    }

    private Map<String, Object> globalOptions() {
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("ioengine", "nvme4j");
        options.put("filename", join(result.ids()));
        options.put("transport", join(result.transport()));
        return options;
    }

    private static String join(List<?> parts) {
        return parts.stream().map(Object::toString).collect(Collectors.joining("; "));
    }

    private Map<String, Object> job(RunResult.ThreadResult thread) {
        Map<String, Object> job = new LinkedHashMap<>();
        job.put("jobname", thread.job().name());
        job.put("groupid", thread.group());
        String description = thread.job().options().get("description");
        if (description != null) {
            job.put("desc", description);
        }
        job.put("job_start", begin.toInstant().toEpochMilli());
        job.put("error", result.failure().isEmpty() ? 0 : EIO);
        if (!result.failure().isEmpty()) {
            job.put("error_text", result.failure());
        }
        job.put("total_err", thread.errors());
        if (!thread.job().errors().equals(ErrorPolicy.STRICT)) {
            job.put("first_error", thread.errors() == 0 ? 0 : EIO);
        }
        job.put("eta", 0);
        job.put("elapsed", now.toEpochSecond() - begin.toEpochSecond());
        job.put("job options", thread.job().options());
        RunResult.Row total = thread.total();
        for (Direction direction : Direction.values()) {
            Measured measured = total.directions().get(direction.index());
            job.put(
                    name(direction),
                    new FioDirection(thread, measured, direction, withBins)
                            .document(groups.of(thread, direction)));
        }
        job.put("sync", sync(thread));
        job.put("job_runtime", thread.nanos() / NANOS_PER_MILLI);
        putCpu(job, thread);
        putDepths(job, thread.depths());
        putLatencyClasses(job, total);
        putLatencyGoal(job, thread);
        job.putAll(thread.extras());
        return job;
    }

    static String name(Direction direction) {
        return direction.name().toLowerCase(Locale.ROOT);
    }

    /** Flushes. */
    private Map<String, Object> sync(RunResult.ThreadResult thread) {
        Latencies latencies = thread.flushes().total();
        Map<String, Object> sync = new LinkedHashMap<>();
        sync.put("total_ios", latencies.count());
        sync.put("lat_ns", FioDirection.latencies(thread.job(), latencies, withBins));
        return sync;
    }

    private static void putCpu(Map<String, Object> job, RunResult.ThreadResult thread) {
        job.put("usr_cpu", processorShare(thread, thread.userNanos()));
        job.put("sys_cpu", processorShare(thread, thread.systemNanos()));
        job.put("ctx", thread.counters().contextSwitches());
        job.put("majf", thread.counters().majorFaults());
        job.put("minf", thread.counters().minorFaults());
    }

    /** Percentage of one processor's time in the run. */
    private static Object processorShare(RunResult.ThreadResult thread, long nanos) {
        return Json.number(FioDirection.share((double) nanos, (double) thread.nanos()));
    }

    private static void putDepths(Map<String, Object> job, Depths depths) {
        job.put("iodepth_level", classes(LEVELS, depths.levels()));
        job.put("iodepth_submit", classes(BATCHES, depths.submissions()));
        job.put("iodepth_complete", classes(BATCHES, depths.completions()));
    }

    private static Map<String, Object> classes(List<String> names, double[] percentages) {
        Map<String, Object> classes = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            classes.put(names.get(i), Json.number(percentages[i]));
        }
        return classes;
    }

    private static void putLatencyClasses(Map<String, Object> job, RunResult.Row total) {
        List<Double> percentages = LatencyClasses.percentages(allDirections(total));
        List<String> bounds = LatencyClasses.BOUNDS.stream().map(String::valueOf).toList();
        int at = 0;
        for (String unit : List.of("latency_ns", "latency_us", "latency_ms")) {
            Map<String, Object> classes = new LinkedHashMap<>();
            for (String bound : bounds) {
                classes.put(bound, Json.number(percentages.get(at++)));
            }
            job.put(unit, classes);
            if (unit.equals("latency_ms")) {
                classes.put("2000", Json.number(percentages.get(at++)));
                classes.put(">=2000", Json.number(percentages.get(at)));
            }
        }
    }

    static Histogram allDirections(RunResult.Row row) {
        Latencies all = new Latencies();
        row.directions().stream().map(Measured::total).forEach(all::add);
        return all.histogram();
    }

    /** Times in microseconds. */
    private static void putLatencyGoal(Map<String, Object> job, RunResult.ThreadResult thread) {
        Optional<LatencyGoal> goal = thread.job().latencyGoal();
        job.put("latency_depth", thread.job().depth());
        job.put("latency_target", goal.map(LatencyGoal::targetNanos).orElse(0L) / 1000);
        job.put("latency_percentile", Json.number(goal.map(LatencyGoal::percentile).orElse(100.0)));
        job.put("latency_window", goal.map(LatencyGoal::windowNanos).orElse(0L) / 1000);
    }
}
