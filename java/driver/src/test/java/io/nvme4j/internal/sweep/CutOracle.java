// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.sweep;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What power cuts may leave, by trying everything: at each moment, each set of what was submitted,
 * each order in which it may have reached the medium. Shares nothing with the sweep.
 */
final class CutOracle {
    /** A write, by what is known of it; times as in the recording. */
    record Write(
            int number,
            int firstBlock,
            int blocks,
            boolean isWhole,
            boolean forced,
            long submitted,
            long completed,
            boolean succeeded,
            long consumed) {}

    /** A Flush of everything. */
    record Flush(long submitted, long completed, boolean succeeded) {}

    /** A Read with FUA of a block, which shows what a write has made of it. */
    record Read(int write, int block, long submitted, long completed) {}

    private record Unit(Write write, int firstBlock, int blocks) {}

    private final int blocks;
    private final List<Write> writes;
    private final List<Flush> flushes;
    private final List<Read> reads;
    private final Set<List<Integer>> images = new HashSet<>();

    private CutOracle(int blocks, List<Write> writes, List<Flush> flushes, List<Read> reads) {
        this.blocks = blocks;
        this.writes = writes;
        this.flushes = flushes;
        this.reads = reads;
    }

    /** All images: of each block the number of the write that it holds, or -1. */
    static Set<List<Integer>> images(
            int blocks, List<Write> writes, List<Flush> flushes, List<Read> reads) {
        CutOracle oracle = new CutOracle(blocks, writes, flushes, reads);
        Set<Long> times = new TreeSet<>();
        for (Write write : writes) {
            times.add(write.submitted + 1);
            times.add(write.completed == Long.MAX_VALUE ? Long.MAX_VALUE : write.completed + 1);
        }
        for (Flush flush : flushes) {
            times.add(flush.completed + 1);
        }
        reads.forEach(read -> times.add(read.completed + 1));
        times.add(0L);
        times.add(Long.MAX_VALUE);
        times.forEach(oracle::cut);
        return oracle.images;
    }

    /** Nothing that happens at this time or later has happened. */
    private void cut(long time) {
        List<Unit> units = new ArrayList<>();
        for (Write write : writes) {
            boolean inFlight = write.completed >= time;
            if (write.submitted < time && inFlight && write.isWhole) {
                units.add(new Unit(write, write.firstBlock, write.blocks));
            } else if (write.submitted < time) {
                for (int i = 0; i < write.blocks; i++) {
                    units.add(new Unit(write, write.firstBlock + i, 1));
                }
            }
        }
        Integer[] image = new Integer[blocks];
        Arrays.fill(image, -1);
        apply(time, units, new boolean[units.size()], new ArrayList<>(), image);
    }

    private static boolean isShown(Unit unit, Read read, long time) {
        return read.completed < time
                && unit.write.number == read.write
                && unit.firstBlock <= read.block
                && read.block < unit.firstBlock + unit.blocks;
    }

    /** Whether something that has shown this had it after what is applied next. */
    private boolean isShownLater(Unit applied, Unit next, long time) {
        return reads.stream()
                .anyMatch(
                        read ->
                                isShown(applied, read, time)
                                        && next.write.consumed < read.submitted
                                        && next.firstBlock <= read.block
                                        && read.block < next.firstBlock + next.blocks);
    }

    private boolean mustBeThere(Unit unit, long time) {
        if (reads.stream().anyMatch(read -> isShown(unit, read, time))) {
            return true;
        }
        Write write = unit.write;
        boolean itself = write.forced && write.completed < time;
        return write.succeeded
                && (itself
                        || flushes.stream()
                                .anyMatch(
                                        flush ->
                                                flush.succeeded
                                                        && flush.completed < time
                                                        && write.consumed < flush.submitted));
    }

    private void apply(
            long time, List<Unit> units, boolean[] used, List<Unit> applied, Integer[] image) {
        boolean complete = true;
        for (int i = 0; i < used.length; i++) {
            complete &= used[i] || !mustBeThere(units.get(i), time);
        }
        if (complete) {
            images.add(List.of(image));
        }
        for (int i = 0; i < used.length; i++) {
            Unit next = units.get(i);
            boolean isLate =
                    applied.stream()
                            .anyMatch(
                                    other ->
                                            next.write.consumed < other.write.submitted
                                                    || isShownLater(other, next, time));
            if (!used[i] && !isLate) {
                Integer[] changed = image.clone();
                Arrays.fill(
                        changed, next.firstBlock, next.firstBlock + next.blocks, next.write.number);
                used[i] = true;
                applied.add(next);
                apply(time, units, used, applied, changed);
                applied.removeLast();
                used[i] = false;
            }
        }
    }
}
