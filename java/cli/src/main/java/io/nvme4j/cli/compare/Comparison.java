// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.compare;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

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
     * @param isFromRuns whether the interval knows what changes from run to run
     */
    public record Line(
            String name, double a, double b, @Nullable RatioInterval interval, boolean isFromRuns) {
        /** Whether there is a ratio: both sides have something. */
        public boolean isComparable() {
            return a > 0 && b > 0;
        }

        public double ratio() {
            return b / a;
        }

        public String verdict() {
            if (!isComparable()) {
                return a > 0 ? "only in a" : "only in b";
            }
            if (interval == null) {
                return "unknown";
            }
            if (interval.isNoise()) {
                return "noise";
            }
            return isFromRuns ? "differs" : "perhaps";
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

    /** What all runs tell, and one of them has. */
    public List<Line> lines() {
        List<Line> lines = new ArrayList<>();
        List<Map<String, Double>> first = a.stream().map(RunFile::metrics).toList();
        List<Map<String, Double>> second = b.stream().map(RunFile::metrics).toList();
        for (String name : first.getFirst().keySet()) {
            double[] valuesOfA = values(first, name);
            double[] valuesOfB = values(second, name);
            boolean isTold = valuesOfA.length == a.size() && valuesOfB.length == b.size();
            if (isTold && (sum(valuesOfA) > 0 || sum(valuesOfB) > 0)) {
                lines.add(line(name, valuesOfA, valuesOfB));
            }
        }
        return lines;
    }

    private Line line(String name, double[] ofA, double[] ofB) {
        double meanOfA = sum(ofA) / ofA.length;
        double meanOfB = sum(ofB) / ofB.length;
        RatioInterval interval = null;
        if (areAboveZero(ofA) && areAboveZero(ofB)) {
            interval =
                    hasSeveralRuns()
                            ? RatioInterval.of(ofA, ofB)
                            : insideOfRuns(name, meanOfB / meanOfA);
        }
        return new Line(name, meanOfA, meanOfB, interval, hasSeveralRuns());
    }

    private static double[] values(List<Map<String, Double>> runs, String name) {
        return runs.stream()
                .filter(run -> run.containsKey(name))
                .mapToDouble(run -> run.getOrDefault(name, 0.0))
                .toArray();
    }

    private static double sum(double[] values) {
        return Arrays.stream(values).sum();
    }

    private static boolean areAboveZero(double[] values) {
        return Arrays.stream(values).allMatch(value -> value > 0);
    }

    /** Of one run each, by what varies inside of them. */
    private @Nullable RatioInterval insideOfRuns(String name, double ratio) {
        if (a.size() > 1 || b.size() > 1) {
            return null;
        }
        String metric = name.replace(" MiB/s", " IOPS");
        double[] first = batches(a.getFirst().intervals(metric));
        double[] second = batches(b.getFirst().intervals(metric));
        return first.length == 0 || second.length == 0
                ? null
                : RatioInterval.of(first, second).around(ratio);
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
        return areAboveZero(means) ? means : new double[0];
    }

    /** Settings, and parts of the machine where both sides tell them, that are not the same. */
    public List<String> differences() {
        List<String> differences =
                differences(a.getFirst().conditions(), b.getFirst().conditions());
        Map<String, String> first = a.getFirst().machine();
        Map<String, String> second = b.getFirst().machine();
        if (!first.isEmpty() && !second.isEmpty()) {
            differences.addAll(differences(first, second));
        }
        return differences;
    }

    private static List<String> differences(Map<String, String> first, Map<String, String> second) {
        Set<String> names = new TreeSet<>(first.keySet());
        names.addAll(second.keySet());
        List<String> differences = new ArrayList<>();
        for (String name : names) {
            String value = first.getOrDefault(name, "none");
            String other = second.getOrDefault(name, "none");
            if (!other.equals(value)) {
                differences.add(name + ": " + value + " against " + other);
            }
        }
        return differences;
    }
}
