// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.report;

import io.nvme4j.cli.job.Job;
import io.nvme4j.cli.job.workload.Direction;
import io.nvme4j.cli.result.Interval;
import io.nvme4j.cli.result.Latencies;
import io.nvme4j.cli.result.Measured;
import io.nvme4j.cli.result.RunResult;
import io.nvme4j.cli.text.Json;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The part of fio's document about one direction of one job. */
final class FioDirection {
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final int KIBI = 1024;

    private final RunResult.ThreadResult thread;
    private final Measured measured;
    private final Direction direction;
    private final boolean withBins;

    /**
     * @param measured of the direction by all of the job
     */
    FioDirection(
            RunResult.ThreadResult thread,
            Measured measured,
            Direction direction,
            boolean withBins) {
        this.thread = thread;
        this.measured = measured;
        this.direction = direction;
        this.withBins = withBins;
    }

    /**
     * @param groupBandwidth KiB/s of all jobs of the group in this direction
     */
    Map<String, Object> document(double groupBandwidth) {
        long bytesPerSecond = Math.round(thread.perSecond(direction, measured.bytes()));
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("io_bytes", measured.bytes());
        document.put("io_kbytes", measured.bytes() / KIBI);
        document.put("bw_bytes", bytesPerSecond);
        document.put("bw", bytesPerSecond / KIBI);
        document.put("iops", Json.number(thread.perSecond(direction, measured.count())));
        document.put(
                "runtime", measured.count() == 0 ? 0 : thread.nanos(direction) / NANOS_PER_MILLI);
        document.put("total_ios", measured.count());
        document.put("short_ios", 0);
        document.put("drop_ios", 0);
        document.put("slat_ns", latencies(measured.waiting(), measured.isSplit()));
        document.put("clat_ns", latencies(measured.device(), true));
        document.put("lat_ns", latencies(measured.total(), true));
        if (measured.isSplit()) {
            document.put("callback_ns", latencies(measured.callback(), true)); // not of fio's
        }
        int index = direction.index();
        putBandwidth(document, bandwidth(thread, direction), groupBandwidth);
        putIops(document, statistics(thread, direction, interval -> interval.iops(index)));
        return document;
    }

    /** KiB/s in the intervals of the run. */
    static Statistics bandwidth(RunResult.ThreadResult thread, Direction direction) {
        int index = direction.index();
        return statistics(thread, direction, interval -> interval.bytesPerSecond(index) / KIBI);
    }

    /** As fio does, without those intervals in which the direction rested. */
    private static Statistics statistics(
            RunResult.ThreadResult thread, Direction direction, ToDoubleFunction<Interval> value) {
        int index = direction.index();
        boolean isUsed =
                thread.rows().stream().anyMatch(row -> row.directions().get(index).count() > 0);
        return Statistics.of(
                thread.timeline().intervals().stream()
                        .filter(interval -> isUsed && interval.iops(index) > 0)
                        .mapToDouble(value)
                        .toArray());
    }

    private static void putBandwidth(
            Map<String, Object> document, Statistics bandwidth, double groupBandwidth) {
        document.put("bw_min", Math.round(bandwidth.minimum()));
        document.put("bw_max", Math.round(bandwidth.maximum()));
        document.put("bw_agg", Json.number(share(bandwidth.mean(), groupBandwidth)));
        document.put("bw_mean", Json.number(bandwidth.mean()));
        document.put("bw_dev", Json.number(bandwidth.deviation()));
        document.put("bw_samples", bandwidth.count());
    }

    /** Percentage of a whole, or 0 of nothing. */
    static double share(double part, double whole) {
        return whole == 0 ? 0 : Math.min(100, 100 * part / whole);
    }

    private static void putIops(Map<String, Object> document, Statistics iops) {
        document.put("iops_min", Math.round(iops.minimum()));
        document.put("iops_max", Math.round(iops.maximum()));
        document.put("iops_mean", Json.number(iops.mean()));
        document.put("iops_stddev", Json.number(iops.deviation()));
        document.put("iops_samples", iops.count());
    }

    private Map<String, Object> latencies(Latencies latencies, boolean withPercentiles) {
        return withPercentiles ? latencies(thread.job(), latencies, withBins) : summary(latencies);
    }

    /** With percentiles, where there is something that has them. */
    static Map<String, Object> latencies(Job job, Latencies latencies, boolean withBins) {
        Map<String, Object> document = summary(latencies);
        if (latencies.count() > 0) {
            Map<String, Object> percentiles = new LinkedHashMap<>();
            for (double percentage : Percentages.of(job)) {
                percentiles.put(
                        String.format(Locale.ROOT, "%.6f", percentage),
                        latencies.percentile(percentage));
            }
            document.put("percentile", percentiles);
            if (withBins) {
                document.put("bins", FioBins.of(latencies.histogram()));
            }
        }
        return document;
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
}
