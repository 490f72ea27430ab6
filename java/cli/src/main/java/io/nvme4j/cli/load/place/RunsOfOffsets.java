// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.load.place;

/**
 * Some commands where the one before ended, or where it was, before the next place is chosen.
 * Directions count together, and each goes on where it was itself.
 */
final class RunsOfOffsets implements Offsets {
    private final Offsets places;
    private final Counter counter;
    private final boolean repeats;
    private final long regionBlocks;
    private long next;

    /** Counts the commands of the runs of all directions. */
    static final class Counter {
        private final long length;
        private long left;

        /**
         * @param length commands of a run
         */
        Counter(long length) {
            this.length = length;
        }

        private boolean isOver() {
            return left == 0;
        }
    }

    /**
     * @param repeats whether the commands of a run all go to the same place
     */
    RunsOfOffsets(Offsets places, Counter counter, boolean repeats, long regionBlocks) {
        this.places = places;
        this.counter = counter;
        this.repeats = repeats;
        this.regionBlocks = regionBlocks;
    }

    @Override
    public void restart() {
        places.restart();
        counter.left = 0;
        next = 0;
    }

    @Override
    public long next(int blocks) {
        if (counter.isOver() || next + blocks > regionBlocks) {
            counter.left = counter.length;
            next = places.next(blocks);
        }
        counter.left--;
        long place = next;
        next += repeats ? 0 : blocks;
        return place;
    }
}
