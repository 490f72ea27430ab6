// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.load.place;

/** How many places a region has for commands of some length. */
final class Slots {
    private final long regionBlocks;
    private final long alignment;
    private int lastBlocks;
    private long lastCount;

    /**
     * @param regionBlocks logical blocks of the region
     * @param alignment of places, in logical blocks
     */
    Slots(long regionBlocks, long alignment) {
        this.regionBlocks = regionBlocks;
        this.alignment = alignment;
    }

    /** Places for a command of so many blocks: these times {@link #alignment()} are offsets. */
    long count(int blocks) {
        if (blocks != lastBlocks) {
            lastBlocks = blocks;
            lastCount = (regionBlocks - blocks) / alignment + 1;
        }
        return lastCount;
    }

    long alignment() {
        return alignment;
    }

    long regionBlocks() {
        return regionBlocks;
    }
}
