// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.map;

/**
 * Places at even distances, as the beginnings of blocks or the boundaries of writes are; in bytes
 * from the beginning of a namespace, or of a slice of one.
 *
 * @param distance from one place to the next, 1 or more
 * @param origin the first place, 0 to {@code distance - 1}
 */
public record Grid(long distance, long origin) {
    /** There is no place but the beginning. */
    public static final Grid NONE = new Grid(Long.MAX_VALUE, 0);

    /** Checks that there is such a grid. */
    public Grid {
        if (distance < 1) {
            throw new IllegalArgumentException("places are 1 byte or more apart, not " + distance);
        }
        if (origin < 0 || origin >= distance) {
            throw new IllegalArgumentException(
                    "the first of places %d bytes apart can't be at %d"
                            .formatted(distance, origin));
        }
    }

    /**
     * {@return the grid whose places are the multiples of a distance}
     *
     * @param distance from one place to the next, 1 or more
     */
    public static Grid of(long distance) {
        return new Grid(distance, 0);
    }

    /** {@return whether there is no place but the beginning} */
    public boolean isNone() {
        return distance == NONE.distance;
    }

    /**
     * {@return whether one of the places is at an offset}
     *
     * @param offset 0 or more
     */
    public boolean isOn(long offset) {
        return beyond(offset) == 0;
    }

    /**
     * {@return the last place at or before an offset}
     *
     * @param offset 0 or more
     * @throws IllegalArgumentException if there is none
     */
    public long down(long offset) {
        long place = offset - beyond(offset);
        if (place < 0) {
            throw new IllegalArgumentException(
                    "no place is at or before " + offset + ": the first is " + origin);
        }
        return place;
    }

    /**
     * {@return the first place at or after an offset}
     *
     * @param offset 0 or more
     * @throws IllegalArgumentException if there is none: it is more than a long has
     */
    public long up(long offset) {
        long beyond = beyond(offset);
        long place = beyond == 0 ? offset : offset - beyond + distance;
        if (place < 0) {
            throw new IllegalArgumentException("no place is at or after " + offset);
        }
        return place;
    }

    /**
     * {@return whether a place is inside a range: after its first byte, and not after its last}
     *
     * @param offset of the range's first byte, 0 or more
     * @param length bytes, 1 or more
     */
    public boolean divides(long offset, long length) {
        checkRange(offset, length);
        return distance - beyond(offset) < length;
    }

    /**
     * {@return the same places, counted from another one on, as for a slice that begins there}
     *
     * @param offset 0 or more
     */
    public Grid from(long offset) {
        return isNone() ? this : new Grid(distance, (distance - beyond(offset)) % distance);
    }

    /** How far an offset is from the place before it, which may be before the beginning. */
    private long beyond(long offset) {
        if (offset < 0) {
            throw new IllegalArgumentException("an offset is 0 or more, not " + offset);
        }
        return Math.floorMod(offset - origin, distance);
    }

    static void checkRange(long offset, long length) {
        if (offset < 0 || length < 1 || length > Long.MAX_VALUE - offset) {
            throw new IllegalArgumentException(
                    "%d bytes at offset %d are no range: 1 byte or more at 0 or more are"
                            .formatted(length, offset));
        }
    }
}
