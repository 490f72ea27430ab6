// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.result;

import java.util.Arrays;

/**
 * How many commands were in flight, submitted at once, and completed at once, in fio's seven
 * classes. One thread at a time.
 */
public final class Depths {
    private static final int CLASSES = 7;

    private final long[] level = new long[CLASSES];
    private final long[] submitted = new long[CLASSES];
    private final long[] completed = new long[CLASSES];

    public Depths() {}

    /** A batch was submitted: of {@code count} commands, after which so many were in flight. */
    public void submitted(int count, int inFlight) {
        level[levelClass(inFlight)] += count;
        submitted[batchClass(count)]++;
    }

    /** A batch has completed. */
    public void completed(int count) {
        completed[batchClass(count)]++;
    }

    /** 1, 2 to 3, 4 to 7, ... 64 and more. */
    private static int levelClass(int depth) {
        return Math.min(CLASSES - 1, 31 - Integer.numberOfLeadingZeros(depth));
    }

    /** None, 1 to 4, 5 to 8, 9 to 16, ... 65 and more. */
    private static int batchClass(int count) {
        if (count == 0) {
            return 0;
        }
        return Math.min(CLASSES - 1, 1 + Math.max(0, 30 - Integer.numberOfLeadingZeros(count - 1)));
    }

    public void reset() {
        Arrays.fill(level, 0);
        Arrays.fill(submitted, 0);
        Arrays.fill(completed, 0);
    }

    public void add(Depths other) {
        for (int i = 0; i < CLASSES; i++) {
            level[i] += other.level[i];
            submitted[i] += other.submitted[i];
            completed[i] += other.completed[i];
        }
    }

    /** Percentages of commands that went out with 1, 2, 4, 8, 16, 32, 64 or more in flight. */
    public double[] levels() {
        return percentages(level);
    }

    /** Percentages of batches of 0, up to 4, 8, 16, 32, 64, or more commands. */
    public double[] submissions() {
        return percentages(submitted);
    }

    /** Percentages of batches of 0, up to 4, 8, 16, 32, 64, or more commands. */
    public double[] completions() {
        return percentages(completed);
    }

    private static double[] percentages(long[] counts) {
        long all = Math.max(1, Arrays.stream(counts).sum());
        return Arrays.stream(counts).mapToDouble(count -> 100.0 * count / all).toArray();
    }
}
