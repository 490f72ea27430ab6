// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import io.nvme4j.memory.map.BlockLayout;

/**
 * A namespace as it was when the controller was attached to.
 *
 * @param id namespace identifier (NSID)
 * @param blocks size in logical blocks (NSZE)
 * @param layout of a block, and the boundaries of transfers
 * @param protection protection information that its metadata have
 */
public record Namespace(int id, long blocks, BlockLayout layout, ProtectionFormat protection) {
    /**
     * A namespace without metadata or boundaries.
     *
     * @param blockSize bytes in a logical block
     */
    public Namespace(int id, int blockSize, long blocks) {
        this(id, blocks, BlockLayout.of(blockSize), ProtectionFormat.NONE);
    }

    /** Bytes in a logical block, without metadata. */
    public int blockSize() {
        return layout.blockSize();
    }

    /** Bytes of metadata with each block. */
    public int metadataSize() {
        return layout.metadataSize();
    }

    /** Size in bytes, without metadata. */
    public long sizeInBytes() {
        return blocks * blockSize();
    }

    /**
     * Bytes that so many blocks have in a data buffer, metadata included where they follow each
     * block's data.
     *
     * @throws IllegalArgumentException if a command can't have that many
     */
    public long length(int count) {
        if (count < 1 || count > BlockLayout.MAXIMUM_BLOCKS) {
            throw new IllegalArgumentException(
                    "a command moves 1 to " + BlockLayout.MAXIMUM_BLOCKS + " blocks, not " + count);
        }
        return (long) count * layout.bytesInBuffer();
    }

    /**
     * Blocks that have so many bytes in a data buffer.
     *
     * @throws IllegalArgumentException if that is no whole number of them, or more than a transfer
     *     can have
     */
    public int blocks(long bytes) {
        int perBlock = layout.bytesInBuffer();
        if (bytes < 1 || bytes % perBlock != 0 || bytes / perBlock > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    bytes + " bytes are no whole number of blocks, of " + perBlock + " bytes each");
        }
        return (int) (bytes / perBlock);
    }
}
