// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

import io.nvme4j.TransportId;

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
 * All workers and namespaces together are its one job. Keys for what isn't measured are left out,
 * but for {@code slat_ns}, which fio also fills with zeros.
 */
final class FioReport {
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
    FioReport(RunResult result, ZonedDateTime begin) {
        this.result = result;
        this.begin = begin;
    }

    /** The document's text. */
    String document(List<TransportId> ids) {
        ZonedDateTime now = ZonedDateTime.now(ZoneId.systemDefault());
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("nvme4j version", "nvme4j-" + VersionText.version());
        document.put("timestamp", now.toEpochSecond());
        document.put("timestamp_ms", now.toInstant().toEpochMilli());
        document.put(
                "time",
                now.format(DateTimeFormatter.ofPattern("EEE MMM d HH:mm:ss yyyy", Locale.ROOT)));
        document.put("global options", globalOptions(ids));
        document.put("jobs", List.of(job(now)));
        return Json.text(document);
    }

    private Map<String, Object> globalOptions(List<TransportId> ids) {
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("ioengine", "nvme4j");
        options.put("filename", join(ids));
        options.put("transport", join(result.transport()));
        return options;
    }

    private static String join(List<?> parts) {
        return parts.stream().map(Object::toString).collect(Collectors.joining("; "));
    }

    private Map<String, Object> job(ZonedDateTime now) {
        RunResult.Row total = result.total();
        Map<String, Object> job = new LinkedHashMap<>();
        job.put("jobname", result.settings().workload().name());
        job.put("groupid", 0);
        job.put("job_start", begin.toInstant().toEpochMilli());
        job.put("error", result.failure().isEmpty() ? 0 : EIO);
        if (!result.failure().isEmpty()) {
            job.put("error_text", result.failure());
        }
        job.put("total_err", result.errors());
        job.put("elapsed", now.toEpochSecond() - begin.toEpochSecond());
        job.put("job options", jobOptions());
        job.put("read", direction(total.reads()));
        job.put("write", direction(total.writes()));
        job.put("trim", direction(new Latencies()));
        job.put("job_runtime", result.nanos() / NANOS_PER_MILLI);
        job.put("usr_cpu", processorShare(result.userNanos()));
        job.put("sys_cpu", processorShare(result.systemNanos()));
        return job;
    }

    private Map<String, Object> jobOptions() {
        BenchSettings settings = result.settings();
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("rw", settings.workload().name());
        if (settings.workload().isMixed()) {
            options.put("rwmixread", Integer.toString(settings.readPercentage()));
        }
        options.put("bs", Long.toString(settings.ioSize()));
        options.put("iodepth", Integer.toString(settings.depth()));
        options.put("runtime", Integer.toString(settings.seconds()));
        options.put("ramp_time", Integer.toString(settings.warmupSeconds()));
        options.put("numjobs", Integer.toString(settings.workers()));
        if (!settings.processors().isEmpty()) {
            options.put("cpus_allowed", join(settings.processors()).replace("; ", ","));
        }
        return options;
    }

    private Map<String, Object> direction(Latencies latencies) {
        long bytes = latencies.count() * result.settings().ioSize();
        long bytesPerSecond = Math.round(result.bytesPerSecond(latencies));
        Map<String, Object> direction = new LinkedHashMap<>();
        direction.put("io_bytes", bytes);
        direction.put("io_kbytes", bytes >> 10);
        direction.put("bw_bytes", bytesPerSecond);
        direction.put("bw", bytesPerSecond >> 10);
        direction.put("iops", Json.number(result.iops(latencies)));
        direction.put("runtime", latencies.count() == 0 ? 0 : result.nanos() / NANOS_PER_MILLI);
        direction.put("total_ios", latencies.count());
        direction.put("short_ios", 0);
        direction.put("drop_ios", 0);
        direction.put("slat_ns", summary(new Latencies()));
        Map<String, Object> completion = summary(latencies);
        if (latencies.count() > 0) {
            completion.put("percentile", percentiles(latencies));
        }
        direction.put("clat_ns", completion);
        direction.put("lat_ns", summary(latencies));
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
    private Object processorShare(long nanos) {
        return Json.number(result.nanos() == 0 ? 0 : 100.0 * nanos / result.nanos());
    }
}
