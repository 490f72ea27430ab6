// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec;

/**
 * A way in which a namespace may be formatted (NVM Command Set, "LBA Format Data Structure").
 *
 * @param index of the format in Identify Namespace, 0 to 63
 * @param dataSize LBA Data Size (LBADS) in bytes: 512 or a greater power of two; 0 for a format
 *     that isn't available
 * @param metadataSize Metadata Size (MS) in bytes for each logical block
 * @param relativePerformance Relative Performance (RP): 0 best, 3 degraded
 */
public record LbaFormat(int index, long dataSize, int metadataSize, int relativePerformance) {
    private static final int SMALLEST_EXPONENT = 9;

    /** Reads the format's dword: MS 15:0, LBADS 23:16, RP 25:24. */
    static LbaFormat of(int index, int dword) {
        int exponent = dword >>> 16 & 0xFF;
        boolean available = exponent >= SMALLEST_EXPONENT && exponent < Long.SIZE - 1;
        return new LbaFormat(
                index, available ? 1L << exponent : 0, dword & 0xFFFF, dword >>> 24 & 3);
    }

    /** {@return whether a namespace can have this format} */
    public boolean isAvailable() {
        return dataSize != 0;
    }
}
