// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.map;

import java.util.Objects;

/**
 * What is fast, in bytes (NVM Command Set, "Improving Performance through I/O Size and Alignment
 * Adherence"). What a namespace doesn't report is as if every block were as good as another, and a
 * size one block.
 *
 * @param writes where writes had better begin (NPWA)
 * @param writeGranularity of which they had better be a multiple (NPWG)
 * @param deallocations where deallocations had better begin (NPDA)
 * @param deallocateGranularity of which they had better be a multiple (NPDG)
 * @param optimalWriteSize of which long writes had better be a multiple (NOWS)
 * @param boundaries that reads and writes had better not cross (NOIOB); {@link Grid#NONE} if any
 *     will do
 */
public record PreferredSizes(
        Grid writes,
        long writeGranularity,
        Grid deallocations,
        long deallocateGranularity,
        long optimalWriteSize,
        Grid boundaries) {
    /** Checks that sizes are positive. */
    public PreferredSizes {
        Objects.requireNonNull(writes, "writes");
        Objects.requireNonNull(deallocations, "deallocations");
        Objects.requireNonNull(boundaries, "boundaries");
        if (writeGranularity < 1 || deallocateGranularity < 1 || optimalWriteSize < 1) {
            throw new IllegalArgumentException(
                    "preferred sizes are 1 byte or more, not %d, %d and %d"
                            .formatted(writeGranularity, deallocateGranularity, optimalWriteSize));
        }
    }

    /**
     * {@return whether a write is as the namespace prefers it: by where it begins, its size, and
     * boundaries}
     *
     * @param offset of the first byte, 0 or more
     * @param length bytes, 1 or more
     * @throws IllegalArgumentException if there is no such range
     */
    public boolean suitsWrite(long offset, long length) {
        return !boundaries.divides(offset, length)
                && writes.isOn(offset)
                && length % writeGranularity == 0;
    }

    /**
     * {@return whether a deallocation is as the namespace prefers it: by where it begins, and its
     * size}
     *
     * @param offset of the first byte, 0 or more
     * @param length bytes, 1 or more
     */
    public boolean suitsDeallocation(long offset, long length) {
        Grid.checkRange(offset, length);
        return deallocations.isOn(offset) && length % deallocateGranularity == 0;
    }

    /** The same for a slice that begins at an offset. */
    PreferredSizes from(long offset) {
        return new PreferredSizes(
                writes.from(offset),
                writeGranularity,
                deallocations.from(offset),
                deallocateGranularity,
                optimalWriteSize,
                boundaries.from(offset));
    }
}
