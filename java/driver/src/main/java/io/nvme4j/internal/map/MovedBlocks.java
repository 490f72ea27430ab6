// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.map;

import io.nvme4j.map.BlockLayout;

import org.jspecify.annotations.Nullable;

/**
 * The blocks that a transfer moves, and where their metadata are if these don't lie with the data.
 * Mutable, so that one object serves all transfers of a queue.
 */
public final class MovedBlocks {
    BlockLayout layout = BlockLayout.of(512);
    long startingLba;
    int count;
    @Nullable MappedMemory metadata;
    long metadataOffset;

    /**
     * Says which blocks, without metadata apart.
     *
     * @param layout of the blocks, as the data have them
     * @param count 1 or more, as many as there are data for
     */
    public MovedBlocks begin(BlockLayout layout, long startingLba, int count) {
        this.layout = layout;
        this.startingLba = startingLba;
        this.count = count;
        this.metadata = null;
        this.metadataOffset = 0;
        return this;
    }

    /** Says where they are, where it was not known before how many they are. */
    public MovedBlocks startingAt(long lba) {
        this.startingLba = lba;
        return this;
    }

    /**
     * Says where metadata are that don't lie with the data.
     *
     * @param offset of the first block's in the memory, in bytes
     */
    public MovedBlocks metadata(MappedMemory memory, long offset) {
        this.metadata = memory;
        this.metadataOffset = offset;
        return this;
    }

    /** Has commands end at no boundary that they had only better not cross (NOIOB). */
    public void ignoreBoundary() {
        if (layout.optimalIoBoundary() != 0) {
            layout =
                    new BlockLayout(
                            layout.blockSize(),
                            layout.metadataSize(),
                            layout.extended(),
                            0,
                            layout.zoneSize());
        }
    }

    /** How a block lies in the data. */
    public BlockLayout layout() {
        return layout;
    }

    /** First logical block. */
    public long startingLba() {
        return startingLba;
    }

    /** How many they are. */
    public int count() {
        return count;
    }

    /** Where their metadata are, or null. */
    public @Nullable MappedMemory metadata() {
        return metadata;
    }

    /** Where the metadata of a block are, in {@link #metadata}. */
    public long metadataOffset(int block) {
        return metadataOffset + (long) block * layout.bytesInMetadataBuffer();
    }
}
