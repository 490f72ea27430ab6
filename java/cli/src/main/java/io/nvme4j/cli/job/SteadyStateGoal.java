// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job;

import io.nvme4j.cli.job.option.Setting;
import io.nvme4j.cli.job.option.Units;

import java.util.Locale;

/**
 * The run ends when what it measures has become steady.
 *
 * @param measure what has to
 * @param bySlope whether the slope of a line through the samples is looked at, else the largest
 *     deviation from their mean
 * @param limit of the slope or deviation
 * @param isPercentage whether the limit is in percent of the mean
 * @param durationNanos of the window of samples
 * @param rampNanos before the first sample
 * @param intervalNanos from one sample to the next
 */
public record SteadyStateGoal(
        Measure measure,
        boolean bySlope,
        double limit,
        boolean isPercentage,
        long durationNanos,
        long rampNanos,
        long intervalNanos) {
    /** What can be steady. */
    public enum Measure {
        IOPS,
        /** Bytes in a second. */
        BW,
        /** Mean latency in nanoseconds. */
        LAT
    }

    public static SteadyStateGoal read(
            Setting setting, long durationNanos, long rampNanos, long intervalNanos) {
        String[] parts = setting.value().split("[:,]", 2);
        String criterion = parts[0].strip().toUpperCase(Locale.ROOT);
        boolean bySlope = criterion.endsWith("_SLOPE");
        Measure measure =
                switch (criterion.replace("_SLOPE", "")) {
                    case "IOPS" -> Measure.IOPS;
                    case "BW" -> Measure.BW;
                    case "LAT" -> Measure.LAT;
                    default -> throw setting.wrong("write iops:5%, bw_slope:0.3% or lat:10");
                };
        if (parts.length < 2) {
            throw setting.wrong("a limit is missing, as in iops:5%");
        }
        String limit = parts[1].strip();
        return new SteadyStateGoal(
                measure,
                bySlope,
                Units.decimal(setting, limit.replace("%", "")),
                limit.endsWith("%"),
                durationNanos,
                rampNanos,
                intervalNanos);
    }
}
