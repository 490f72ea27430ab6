// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.map;

/**
 * What of a namespace's format decides how a transfer becomes commands.
 *
 * @param blockSize bytes of data in a logical block (LBADS)
 * @param metadataSize bytes of metadata with each block (MS)
 * @param extended whether metadata follow each block's data in the data buffer (FLBAS bit 4)
 * @param optimalIoBoundary blocks that a command had better not cross a multiple of (NOIOB), or 0
 * @param zoneSize blocks that no command may cross a multiple of (ZSZE), or 0
 */
public record BlockLayout(
        int blockSize, int metadataSize, boolean extended, long optimalIoBoundary, long zoneSize) {
    /** Most blocks that a command's Number of Logical Blocks field can say. */
    public static final int MAXIMUM_BLOCKS = 1 << 16;

    /** Checks that no number is negative. */
    public BlockLayout {
        if (blockSize < 0 || metadataSize < 0) {
            throw new IllegalArgumentException(
                    "a block has 0 bytes or more of data and of metadata, not %d and %d"
                            .formatted(blockSize, metadataSize));
        }
        if (optimalIoBoundary < 0 || zoneSize < 0) {
            throw new IllegalArgumentException(
                    "boundaries are 0 blocks or more apart, not %d and %d"
                            .formatted(optimalIoBoundary, zoneSize));
        }
    }

    /**
     * {@return the layout of blocks that have neither metadata nor boundaries}
     *
     * @param blockSize bytes of data in a logical block, 0 or more
     */
    public static BlockLayout of(int blockSize) {
        return new BlockLayout(blockSize, 0, false, 0, 0);
    }

    /** {@return how many bytes a block has in the data buffer} */
    public int bytesInBuffer() {
        return extended ? blockSize + metadataSize : blockSize;
    }

    /**
     * {@return how many blocks have so many bytes in the data buffer}
     *
     * @param bytes of whole blocks, with their metadata where that follows the data; 1 or more
     * @throws IllegalArgumentException if that is no whole number of them, or more than a transfer
     *     can have
     */
    public int blocks(long bytes) {
        int perBlock = bytesInBuffer();
        if (bytes < 1 || bytes % perBlock != 0 || bytes / perBlock > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    bytes + " bytes are no whole number of blocks, of " + perBlock + " bytes each");
        }
        return (int) (bytes / perBlock);
    }

    /**
     * {@return the bytes that a block has in the separate metadata buffer, 0 if it has none there}
     */
    public int bytesInMetadataBuffer() {
        return extended ? 0 : metadataSize;
    }

    /**
     * {@return whether every transfer that a command can carry is one command, and has all that it
     * needs in the data buffer}
     */
    public boolean isPlain() {
        return !hasBoundaries() && bytesInMetadataBuffer() == 0;
    }

    /** {@return whether some transfers of more than a block must be split for where they are} */
    public boolean hasBoundaries() {
        return (optimalIoBoundary | zoneSize) != 0;
    }
}
