// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.load.place;

import java.util.Arrays;

/**
 * A set of visited units: a bit for each, and above them levels of bits that say which 64 of the
 * level below are all visited, so that an unvisited unit is found in a few steps however few are
 * left.
 */
final class VisitedMap {
    private static final int MOST_LEVELS = 8;

    private final long units;
    private final long[][] levels;

    VisitedMap(long units) {
        this.units = units;
        long[][] made = new long[MOST_LEVELS][];
        int count = 0;
        long bits = units;
        do {
            bits = (bits + 63) / 64;
            made[count++] = new long[Math.toIntExact(bits)];
        } while (bits > 1);
        this.levels = Arrays.copyOf(made, count);
        clear();
    }

    /** Makes all units unvisited. */
    void clear() {
        long bits = units;
        for (long[] level : levels) {
            Arrays.fill(level, 0);
            int used = (int) (bits & 63);
            if (used != 0) {
                level[level.length - 1] = -1L << used; // what lies beyond the end is never found
            }
            bits = level.length;
        }
    }

    /** Marks a unit; false if it was. */
    boolean visit(long unit) {
        long index = unit;
        for (int level = 0; level < levels.length; level++) {
            int word = (int) (index >>> 6);
            long old = levels[level][word];
            long marked = old | 1L << index;
            if (level == 0 && marked == old) {
                return false;
            }
            levels[level][word] = marked;
            if (marked != -1L) {
                return true;
            }
            index = word;
        }
        return true;
    }

    /** The first unvisited unit from {@code start} on, or else from the beginning; there is one. */
    long nextUnvisited(long start) {
        long found = find(start);
        return found >= 0 ? found : find(0);
    }

    private long find(long start) {
        long index = start;
        for (int level = 0; level < levels.length; level++) {
            int word = (int) (index >>> 6);
            if (word >= levels[level].length) {
                return -1;
            }
            long open = ~levels[level][word] & -1L << index;
            if (open != 0) {
                return descend(level, ((long) word << 6) + Long.numberOfTrailingZeros(open));
            }
            index = (long) word + 1;
        }
        return -1;
    }

    private long descend(int level, long found) {
        long index = found;
        for (int below = level - 1; below >= 0; below--) {
            index = (index << 6) + Long.numberOfTrailingZeros(~levels[below][(int) index]);
        }
        return index;
    }
}
