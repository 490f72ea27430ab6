// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.map;

import java.util.Objects;

/**
 * Which writes are atomic: whole or not at all (NVM Command Set, "Atomic Operation"). Such a write
 * is one command of no more than the atomic write unit, and crosses no atomic boundary.
 *
 * @param blocks where blocks begin
 * @param bytes that a write may have: the atomic write unit, or what one command moves at most if
 *     that is less; a whole number of blocks
 * @param boundaries that no atomic write crosses (NABSN or NABSPF, NABO)
 * @param splits where the library cuts transfers into commands (NOIOB)
 */
public record AtomicUnit(Grid blocks, long bytes, Grid boundaries, Grid splits) {
    /** Checks that a unit has whole blocks. */
    public AtomicUnit {
        Objects.requireNonNull(blocks, "blocks");
        Objects.requireNonNull(boundaries, "boundaries");
        Objects.requireNonNull(splits, "splits");
        if (bytes < 1 || bytes % blocks.distance() != 0) {
            throw new IllegalArgumentException(
                    "an atomic unit has whole blocks of %d bytes, not %d bytes"
                            .formatted(blocks.distance(), bytes));
        }
    }

    /**
     * {@return whether a write of a range is atomic, from memory that needs no split: all of it in
     * one {@code DmaBuffer}, say, from a multiple of the page size on} Of a block that is written
     * in part, all counts.
     *
     * @param offset of the first byte
     * @param length bytes, 1 or more
     * @throws IllegalArgumentException if there is no such range
     */
    public boolean covers(long offset, long length) {
        Grid.checkRange(offset, length);
        long first = blocks.down(offset);
        long last = blocks.down(offset + length - 1); // which is less than what follows it
        long beforeLast = last - first;
        return beforeLast <= bytes - blocks.distance()
                && isUndivided(boundaries, first, beforeLast)
                && isUndivided(splits, first, beforeLast);
    }

    /** Whether a write of whole blocks is atomic if it is one command. */
    boolean coversCommand(long startingLba, int count) {
        long size = blocks.distance();
        boolean isRange =
                count > 0 && startingLba >= 0 && startingLba < Long.MAX_VALUE / size - count;
        return isRange
                && count * size <= bytes
                && isUndivided(boundaries, startingLba * size, (count - 1) * size);
    }

    /** Boundaries are between blocks, so that one before the last block's end is before it. */
    private static boolean isUndivided(Grid grid, long first, long beforeLast) {
        return !grid.divides(first, beforeLast + 1);
    }

    /** The same for a slice that begins at an offset. */
    AtomicUnit from(long offset) {
        return new AtomicUnit(
                blocks.from(offset), bytes, boundaries.from(offset), splits.from(offset));
    }
}
