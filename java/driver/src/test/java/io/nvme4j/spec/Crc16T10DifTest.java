// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

class Crc16T10DifTest {
    private static int crc(byte[] bytes) {
        return Crc16T10Dif.update(0, MemorySegment.ofArray(bytes), 0, bytes.length);
    }

    /**
     * The check value that catalogues of CRCs give, and the examples of the T10 standard (SBC-3).
     */
    @Test
    void knownValues() {
        assertEquals(0xD0DB, crc("123456789".getBytes(StandardCharsets.US_ASCII)));
        assertEquals(0, crc(new byte[32]));
        byte[] ones = new byte[32];
        Arrays.fill(ones, (byte) 0xFF);
        assertEquals(0xA293, crc(ones));
        byte[] rising = new byte[32];
        for (int i = 0; i < rising.length; i++) {
            rising[i] = (byte) i;
        }
        assertEquals(0x0224, crc(rising));
    }

    @Test
    void piecesAreAsTheWhole() {
        byte[] bytes = new byte[100];
        Arrays.setAll(new int[100], i -> bytes[i] = (byte) (i * 7));
        MemorySegment memory = MemorySegment.ofArray(bytes);
        int first = Crc16T10Dif.update(0, memory, 0, 37);
        assertEquals(crc(bytes), Crc16T10Dif.update(first, memory, 37, 63));
    }
}
