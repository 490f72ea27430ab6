// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec;

/**
 * The Version property (VS): which version of the Base Specification a controller implements.
 *
 * @param value the 32-bit register
 */
public record Version(int value) implements Comparable<Version> {
    /**
     * {@return a version by its parts}
     *
     * @param major Major Version Number, 0 to 65,535
     * @param minor Minor Version Number, 0 to 255
     * @param tertiary Tertiary Version Number, 0 to 255
     */
    public static Version of(int major, int minor, int tertiary) {
        return new Version(major << 16 | minor << 8 | tertiary);
    }

    /** {@return the Major Version Number (MJR), bits 31:16} */
    public int major() {
        return value >>> 16;
    }

    /** {@return the Minor Version Number (MNR), bits 15:8} */
    public int minor() {
        return value >>> 8 & 0xFF;
    }

    /** {@return the Tertiary Version Number (TER), bits 7:0} */
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
