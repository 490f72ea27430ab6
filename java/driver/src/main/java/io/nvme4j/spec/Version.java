// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec;

/**
 * The Version property (VS): which version of the Base Specification a controller implements.
 *
 * @param value the 32-bit register
 */
public record Version(int value) implements Comparable<Version> {
    /** A version by its parts. */
    public static Version of(int major, int minor, int tertiary) {
        return new Version(major << 16 | minor << 8 | tertiary);
    }

    /** Major Version Number (MJR), bits 31:16. */
    public int major() {
        return value >>> 16;
    }

    /** Minor Version Number (MNR), bits 15:8. */
    public int minor() {
        return value >>> 8 & 0xFF;
    }

    /** Tertiary Version Number (TER), bits 7:0. */
    public int tertiary() {
        return value & 0xFF;
    }

    @Override
    public int compareTo(Version other) {
        return Integer.compareUnsigned(value, other.value);
    }

    /** Such as "1.4", or "1.2.1". */
    @Override
    public String toString() {
        String text = major() + "." + minor();
        return tertiary() == 0 ? text : text + "." + tertiary();
    }
}
