// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.map;

/** What Identify Controller says of SGLs (field SGLS, bits 1:0). */
public enum SglSupport {
    /** No SGLs. */
    NONE(1),
    /** SGLs with any address and length. */
    BYTE(1),
    /** SGLs whose addresses and lengths are multiples of 4. */
    DWORD(4);

    /** Bit 16 of the field: SGL Bit Bucket descriptor supported. */
    private static final int BIT_BUCKET = 1 << 16;

    private final int alignment;

    SglSupport(int alignment) {
        this.alignment = alignment;
    }

    /**
     * {@return what the field says of the alignment that SGLs need}
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

    /**
     * {@return whether reads may skip ranges by a Bit Bucket descriptor}
     *
     * @param sgls the whole SGLS field
     */
    public static boolean takesBitBuckets(int sgls) {
        return of(sgls) != NONE && (sgls & BIT_BUCKET) != 0;
    }

    /** {@return what addresses and lengths are multiples of, in bytes} */
    public int alignment() {
        return alignment;
    }
}
