// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.load.place;

import io.nvme4j.cli.load.random.RandomNumbers;

/**
 * Places at random, each visited once before any is visited again: fio's random map. A place is a
 * unit of {@code Slots.alignment()} blocks. A command that would reach into units that were visited
 * is cut short.
 */
final class UnvisitedOffsets implements Offsets {
    private final long alignment;
    private final long units;
    private final RandomNumbers random;
    private final VisitedMap visited;
    private long left;
    private int granted;

    UnvisitedOffsets(Slots slots, RandomNumbers random) {
        this.alignment = slots.alignment();
        this.units = slots.regionBlocks() / alignment;
        this.random = random;
        this.visited = new VisitedMap(units);
        this.left = units;
    }

    @Override
    public void restart() {
        visited.clear();
        left = units;
    }

    @Override
    public long next(int blocks) {
        if (left == 0) {
            restart();
        }
        long first = visited.nextUnvisited(random.below(units));
        long wanted = Math.max(1, blocks / alignment);
        long run = 0;
        while (run < wanted && first + run < units && visited.visit(first + run)) {
            run++;
        }
        left -= run;
        granted = (int) Math.min(blocks, run * alignment);
        return first * alignment;
    }

    @Override
    public int granted(int blocks) {
        return granted;
    }
}
