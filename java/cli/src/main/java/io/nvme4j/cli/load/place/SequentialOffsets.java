// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.load.place;

/** One command after the other, with or without holes; or backwards, by holes of less than 0. */
final class SequentialOffsets implements Offsets {
    private final long regionBlocks;
    private final long hole;
    private final int smallest;
    private long position;

    /**
     * @param hole blocks that are left out after each command
     * @param smallest blocks of the smallest command
     */
    SequentialOffsets(long regionBlocks, long hole, int smallest) {
        this.regionBlocks = regionBlocks;
        this.hole = hole;
        this.smallest = smallest;
        restart();
    }

    @Override
    public void restart() {
        position = hole < 0 ? regionBlocks + hole : 0;
    }

    @Override
    public long room() {
        long left = regionBlocks - position;
        return left < smallest ? Long.MAX_VALUE : left;
    }

    @Override
    public long next(int blocks) {
        long place = position;
        if (place + blocks > regionBlocks) {
            place = 0;
        } else if (place < 0) {
            place = Math.max(0, regionBlocks + Math.min(hole, -blocks));
        }
        position = place + blocks + hole;
        return place;
    }
}
