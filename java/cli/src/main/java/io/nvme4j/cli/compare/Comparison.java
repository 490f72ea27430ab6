// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.compare;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Two sides, of one run or several each. */
public final class Comparison {
    /**
     * Intervals that follow each other depend on each other, so that they are put together into so
     * many batches, whose means hardly do.
     */
    private static final int BATCHES = 10;

    private static final int INTERVALS_PER_BATCH = 2;

    private final List<RunFile> a;
    private final List<RunFile> b;

    /**
     * A row of the comparison.
     *
     * @param a the mean of its runs
     * @param b the mean of its runs
     * @param interval of the ratio; null where nothing says how much of it is noise
     */
    public record Line(String name, double a, double b, @Nullable RatioInterval interval) {
        public double ratio() {
            return b / a;
        }

        public String verdict() {
            if (interval == null) {
                return "unknown";
            }
            return interval.isNoise() ? "noise" : "differs";
        }
    }

    public Comparison(List<RunFile> a, List<RunFile> b) {
        this.a = a;
        this.b = b;
    }

    /** Whether noise from run to run is known, not only inside of runs. */
    public boolean hasSeveralRuns() {
        return a.size() > 1 && b.size() > 1;
    }

    /** What both sides have. */
    public List<Line> lines() {
        List<Line> lines = new ArrayList<>();
        List<Map<String, Double>> first = a.stream().map(RunFile::metrics).toList();
        List<Map<String, Double>> second = b.stream().map(RunFile::metrics).toList();
        for (String name : first.getFirst().keySet()) {
            double[] valuesOfA = values(first, name);
            double[] valuesOfB = values(second, name);
            if (valuesOfA.length == a.size() && valuesOfB.length == b.size()) {
                lines.add(
                        new Line(
                                name,
                                Arrays.stream(valuesOfA).average().orElse(0),
                                Arrays.stream(valuesOfB).average().orElse(0),
                                interval(name, valuesOfA, valuesOfB)));
            }
        }
        return lines;
    }

    private static double[] values(List<Map<String, Double>> runs, String name) {
        return runs.stream()
                .map(run -> run.getOrDefault(name, 0.0))
                .filter(value -> value > 0)
                .mapToDouble(value -> value)
                .toArray();
    }

    private @Nullable RatioInterval interval(String name, double[] ofA, double[] ofB) {
        if (hasSeveralRuns()) {
            return RatioInterval.of(ofA, ofB);
        }
        if (!name.endsWith(" IOPS") || a.size() > 1 || b.size() > 1) {
            return null;
        }
        String direction = name.substring(0, name.indexOf(' '));
        double[] first = batches(a.getFirst().intervals(direction));
        double[] second = batches(b.getFirst().intervals(direction));
        return first.length == 0 || second.length == 0 ? null : RatioInterval.of(first, second);
    }

    /** Means of parts of the same length; none if the run is too short, or stood still. */
    private static double[] batches(double[] intervals) {
        int length = intervals.length / BATCHES;
        if (length < INTERVALS_PER_BATCH) {
            return new double[0];
        }
        double[] means = new double[BATCHES];
        for (int i = 0; i < BATCHES; i++) {
            means[i] = Arrays.stream(intervals, i * length, (i + 1) * length).average().orElse(0);
        }
        return Arrays.stream(means).allMatch(mean -> mean > 0) ? means : new double[0];
    }

    /** Settings, and parts of the machine, that are not the same on both sides. */
    public List<String> differences() {
        Map<String, String> first = a.getFirst().conditions();
        Map<String, String> second = b.getFirst().conditions();
        List<String> differences = new ArrayList<>();
        first.forEach(
                (name, value) -> {
                    String other = second.getOrDefault(name, "none");
                    if (!other.equals(value)) {
                        differences.add(name + ": " + value + " against " + other);
                    }
                });
        second.forEach(
                (name, value) -> {
                    if (!first.containsKey(name)) {
                        differences.add(name + ": none against " + value);
                    }
                });
        return differences;
    }
}
