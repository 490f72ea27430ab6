// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.report;

import io.nvme4j.cli.result.Latencies;
import io.nvme4j.cli.result.Measured;
import io.nvme4j.cli.result.RunResult;
import io.nvme4j.cli.text.Json;
import io.nvme4j.cli.text.VersionText;

import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A run's result as a JSON document in the shape of fio 3's, so that what reads fio's reads this.
 * Threads that report as a group are one job. Keys for what isn't measured are left out, but for
 * {@code slat_ns}, which fio also fills with zeros.
 */
public final class FioReport {
    /** The percentiles that fio prints. */
    private static final double[] PERCENTAGES = {
        1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 99, 99.5, 99.9, 99.95, 99.99
    };

    /** What fio says where something other than a system call failed. */
    private static final int EIO = 5;

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final RunResult result;
    private final ZonedDateTime begin;

    /**
     * @param begin when the command began
     */
    public FioReport(RunResult result, ZonedDateTime begin) {
        this.result = result;
        this.begin = begin;
    }

    /** The document's text. */
    public String document() {
        ZonedDateTime now = ZonedDateTime.now(ZoneId.systemDefault());
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("nvme4j version", "nvme4j-" + VersionText.version());
        document.put("timestamp", now.toEpochSecond());
        document.put("timestamp_ms", now.toInstant().toEpochMilli());
        document.put(
                "time",
                now.format(DateTimeFormatter.ofPattern("EEE MMM d HH:mm:ss yyyy", Locale.ROOT)));
        document.put("global options", globalOptions());
        document.put("jobs", result.reported().stream().map(thread -> job(thread, now)).toList());
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

    private Map<String, Object> job(RunResult.ThreadResult thread, ZonedDateTime now) {
        RunResult.Row total = thread.total();
        Map<String, Object> job = new LinkedHashMap<>();
        job.put("jobname", thread.job().name());
        job.put("groupid", thread.group());
        job.put("job_start", begin.toInstant().toEpochMilli());
        job.put("error", result.failure().isEmpty() ? 0 : EIO);
        if (!result.failure().isEmpty()) {
            job.put("error_text", result.failure());
        }
        job.put("total_err", thread.errors());
        job.put("elapsed", now.toEpochSecond() - begin.toEpochSecond());
        job.put("job options", thread.job().options());
        job.put("read", direction(thread, total.reads()));
        job.put("write", direction(thread, total.writes()));
        job.put("trim", direction(thread, total.trims()));
        job.put("job_runtime", thread.nanos() / NANOS_PER_MILLI);
        job.put("usr_cpu", processorShare(thread, thread.userNanos()));
        job.put("sys_cpu", processorShare(thread, thread.systemNanos()));
        return job;
    }

    private static Map<String, Object> direction(RunResult.ThreadResult thread, Measured measured) {
        long bytesPerSecond = Math.round(thread.perSecond(measured.bytes()));
        Map<String, Object> direction = new LinkedHashMap<>();
        direction.put("io_bytes", measured.bytes());
        direction.put("io_kbytes", measured.bytes() >> 10);
        direction.put("bw_bytes", bytesPerSecond);
        direction.put("bw", bytesPerSecond >> 10);
        direction.put("iops", Json.number(thread.perSecond(measured.count())));
        direction.put("runtime", measured.count() == 0 ? 0 : thread.nanos() / NANOS_PER_MILLI);
        direction.put("total_ios", measured.count());
        direction.put("short_ios", 0);
        direction.put("drop_ios", 0);
        direction.put("slat_ns", summary(measured.waiting()));
        Map<String, Object> completion = summary(measured.device());
        if (measured.count() > 0) {
            completion.put("percentile", percentiles(measured.device()));
        }
        direction.put("clat_ns", completion);
        direction.put("lat_ns", summary(measured.total()));
        return direction;
    }

    private static Map<String, Object> summary(Latencies latencies) {
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("min", latencies.minimum());
        summary.put("max", latencies.maximum());
        summary.put("mean", Json.number(latencies.mean()));
        summary.put("stddev", Json.number(latencies.standardDeviation()));
        summary.put("N", latencies.count());
        return summary;
    }

    private static Map<String, Object> percentiles(Latencies latencies) {
        Map<String, Object> percentiles = new LinkedHashMap<>();
        for (double percentage : PERCENTAGES) {
            percentiles.put(
                    String.format(Locale.ROOT, "%.6f", percentage),
                    latencies.percentile(percentage));
        }
        return percentiles;
    }

    /** Percentage of one processor's time in the run. */
    private static Object processorShare(RunResult.ThreadResult thread, long nanos) {
        return Json.number(thread.nanos() == 0 ? 0 : 100.0 * nanos / thread.nanos());
    }
}
