// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.memory;

/** What Identify Controller says of SGLs (field SGLS, bits 1:0). */
public enum SglSupport {
    /** No SGLs. */
    NONE(0),
    /** SGLs with any address and length. */
    BYTE(1),
    /** SGLs whose addresses and lengths are multiples of 4. */
    DWORD(4);

    private final int alignment;

    SglSupport(int alignment) {
        this.alignment = alignment;
    }

    /**
     * Reads the field.
     *
     * @param sgls the whole SGLS field
     */
    public static SglSupport of(int sgls) {
        return switch (sgls & 0x3) {
            case 1 -> BYTE;
            case 2 -> DWORD;
            default -> NONE;
        };
    }

    /** Whether an SGL may describe a range that begins at such an address. */
    boolean takes(long address) {
        return this != NONE && address % alignment == 0;
    }
}
