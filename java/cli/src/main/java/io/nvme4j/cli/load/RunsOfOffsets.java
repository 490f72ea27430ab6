// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.load;

/** Some commands one after the other, or at the same place, before the next place is chosen. */
final class RunsOfOffsets implements Offsets {
    private final Offsets places;
    private final long length;
    private final boolean repeats;
    private final long regionBlocks;
    private long left;
    private long next;

    /**
     * @param length commands of a run
     * @param repeats whether they all go to the same place
     */
    RunsOfOffsets(Offsets places, long length, boolean repeats, long regionBlocks) {
        this.places = places;
        this.length = length;
        this.repeats = repeats;
        this.regionBlocks = regionBlocks;
    }

    @Override
    public long next(int blocks) {
        if (left == 0 || next + blocks > regionBlocks) {
            left = length;
            next = places.next(blocks);
        }
        left--;
        long place = next;
        next += repeats ? 0 : blocks;
        return place;
    }
}
