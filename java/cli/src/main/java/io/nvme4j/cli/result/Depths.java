// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.result;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/**
 * How many commands were in flight, submitted at once, and completed at once: reported in fio's
 * seven classes. One thread at a time.
 */
public final class Depths {
    private static final int CLASSES = 7;

    /* By number of commands: to count must cost next to nothing. */
    private long[] level;
    private long[] submitted;
    private long[] completed;

    /**
     * @param most commands that are in flight
     */
    public Depths(int most) {
        level = new long[most + 1];
        submitted = new long[most + 1];
        completed = new long[most + 1];
    }

    /** A batch was submitted: of {@code count} commands, after which so many were in flight. */
    public void submitted(int count, int inFlight) {
        level[inFlight] += count;
        submitted[count]++;
    }

    /** A batch has completed. */
    public void completed(int count) {
        completed[count]++;
    }

    public void reset() {
        Arrays.fill(level, 0);
        Arrays.fill(submitted, 0);
        Arrays.fill(completed, 0);
    }

    /** Adds what another has counted. */
    public void add(Depths other) {
        level = sum(level, other.level);
        submitted = sum(submitted, other.submitted);
        completed = sum(completed, other.completed);
    }

    private static long[] sum(long[] counts, long[] others) {
        long[] sum = Arrays.copyOf(counts, Math.max(counts.length, others.length));
        for (int i = 0; i < others.length; i++) {
            sum[i] += others[i];
        }
        return sum;
    }

    /** Percentages of commands that went out with 1, 2, 4, 8, 16, 32, 64 or more in flight. */
    public double[] levels() {
        return percentages(level, Depths::levelClass);
    }

    /** Percentages of batches of 0, up to 4, 8, 16, 32, 64, or more commands. */
    public double[] submissions() {
        return percentages(submitted, Depths::batchClass);
    }

    /** Percentages of batches of 0, up to 4, 8, 16, 32, 64, or more commands. */
    public double[] completions() {
        return percentages(completed, Depths::batchClass);
    }

    /** 1, 2 to 3, 4 to 7, ... 64 and more. */
    private static int levelClass(int depth) {
        return Math.min(CLASSES - 1, 31 - Integer.numberOfLeadingZeros(Math.max(1, depth)));
    }

    /** None, 1 to 4, 5 to 8, 9 to 16, ... 65 and more. */
    private static int batchClass(int count) {
        if (count == 0) {
            return 0;
        }
        return Math.min(CLASSES - 1, 1 + Math.max(0, 30 - Integer.numberOfLeadingZeros(count - 1)));
    }

    private static double[] percentages(long[] counts, IntUnaryOperator classOf) {
        long all = Math.max(1, Arrays.stream(counts).sum());
        double[] percentages = new double[CLASSES];
        for (int i = 0; i < counts.length; i++) {
            percentages[classOf.applyAsInt(i)] += 100.0 * counts[i] / all;
        }
        return percentages;
    }
}
