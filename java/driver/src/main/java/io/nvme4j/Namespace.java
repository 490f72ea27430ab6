// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

/**
 * A namespace as it was when the controller was attached to.
 *
 * @param id namespace identifier (NSID)
 * @param blockSize bytes in a logical block, without metadata
 * @param metadataSize bytes of metadata with each block
 * @param blocks size in logical blocks (NSZE)
 */
public record Namespace(int id, int blockSize, int metadataSize, long blocks) {
    /** Most blocks that a command's Number of Logical Blocks field can say. */
    private static final int MAXIMUM_BLOCKS = 1 << 16;

    /** Size in bytes. */
    public long sizeInBytes() {
        return blocks * blockSize;
    }

    /**
     * Bytes of so many blocks.
     *
     * @throws IllegalArgumentException if a command can't have that many
     */
    long length(int count) {
        if (count < 1 || count > MAXIMUM_BLOCKS) {
            throw new IllegalArgumentException(
                    "a command moves 1 to " + MAXIMUM_BLOCKS + " blocks, not " + count);
        }
        return (long) count * blockSize;
    }
}
