// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;

/**
 * CRC-16 of the T10 Data Integrity Field, the 16-bit guard of protection information: polynomial
 * 8BB7h, initially 0, nothing reflected or inverted.
 */
public final class Crc16T10Dif {
    private static final int POLYNOMIAL = 0x8BB7;
    private static final int[] TABLE = table();

    private Crc16T10Dif() {}

    private static int[] table() {
        int[] table = new int[256];
        for (int i = 0; i < table.length; i++) {
            int crc = i << 8;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 0x8000) == 0 ? crc << 1 : crc << 1 ^ POLYNOMIAL;
            }
            table[i] = crc & 0xFFFF;
        }
        return table;
    }

    /**
     * Goes on with a CRC.
     *
     * @param crc so far, 0 at first
     * @param memory that has the bytes to add
     * @param offset of the first of them in the memory
     * @param length how many bytes; 0 changes nothing
     * @return 16 bits
     */
    public static int update(int crc, MemorySegment memory, long offset, long length) {
        int next = crc;
        for (long at = offset; at < offset + length; at++) {
            int index = (next >>> 8 ^ memory.get(JAVA_BYTE, at)) & 0xFF;
            next = next << 8 & 0xFFFF ^ TABLE[index];
        }
        return next;
    }
}
