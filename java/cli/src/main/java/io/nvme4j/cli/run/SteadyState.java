// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run;

import io.nvme4j.cli.job.SteadyStateGoal;
import io.nvme4j.cli.text.Json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Whether what a job measures has become steady, by a sample for each interval. One thread. */
final class SteadyState {
    private final SteadyStateGoal goal;
    private final int window;
    private final List<Double> samples = new ArrayList<>();
    private final List<Long> iops = new ArrayList<>();
    private final List<Long> bytesPerSecond = new ArrayList<>();
    private boolean attained;

    SteadyState(SteadyStateGoal goal) {
        this.goal = goal;
        this.window = (int) Math.max(2, goal.durationNanos() / goal.intervalNanos());
    }

    /**
     * Adds a sample, and what is reported of the same time; whether the last ones are steady now.
     */
    boolean add(double sample, double itsIops, double itsBytesPerSecond) {
        add(samples, sample);
        add(iops, Math.round(itsIops));
        add(bytesPerSecond, Math.round(itsBytesPerSecond));
        attained = samples.size() == window && criterion() <= limit();
        return attained;
    }

    private <T> void add(List<T> list, T value) {
        list.add(value);
        if (list.size() > window) {
            list.removeFirst();
        }
    }

    private double mean() {
        return mean(samples);
    }

    private static double mean(List<? extends Number> values) {
        return values.stream().mapToDouble(Number::doubleValue).average().orElse(0);
    }

    private double limit() {
        return goal.isPercentage() ? goal.limit() / 100 * mean() : goal.limit();
    }

    /** The largest deviation from the mean, or the slope in an interval, whichever way it goes. */
    private double criterion() {
        return goal.bySlope() ? Math.abs(slope()) : deviation();
    }

    private double deviation() {
        double mean = mean();
        return samples.stream().mapToDouble(sample -> Math.abs(sample - mean)).max().orElse(0);
    }

    /** Of the line with the least squares. */
    private double slope() {
        double middle = (samples.size() - 1) / 2.0;
        double mean = mean();
        double covariance = 0;
        double variance = 0;
        for (int i = 0; i < samples.size(); i++) {
            covariance += (i - middle) * (samples.get(i) - mean);
            variance += (i - middle) * (i - middle);
        }
        return variance == 0 ? 0 : covariance / variance;
    }

    SteadyStateGoal goal() {
        return goal;
    }

    /** As fio reports it. */
    Map<String, Object> report() {
        String percent = goal.isPercentage() ? "%" : "";
        String name =
                goal.measure().name().toLowerCase(Locale.ROOT) + (goal.bySlope() ? "_slope" : "");
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("ss", String.format(Locale.ROOT, "%s:%f%s", name, goal.limit(), percent));
        report.put("duration", window);
        report.put("attained", attained ? 1 : 0);
        double mean = mean();
        double criterion = goal.isPercentage() && mean > 0 ? 100 * criterion() / mean : criterion();
        report.put("criterion", String.format(Locale.ROOT, "%f%s", criterion, percent));
        report.put("max_deviation", Json.number(deviation()));
        report.put("slope", Json.number(slope()));
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("bw_mean", Math.round(mean(bytesPerSecond)));
        data.put("iops_mean", Math.round(mean(iops)));
        data.put("iops", List.copyOf(iops));
        data.put("bw", List.copyOf(bytesPerSecond));
        report.put("data", data);
        return report;
    }
}
