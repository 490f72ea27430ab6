// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nvme4j.engine.ByteIo;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** What a medium's faults do to writes and reads of one block. */
public final class FaultyMedium {
    private static final int BLOCK_BYTES = 512;

    private FaultyMedium() {}

    /** What {@link #meetFaults} meets on a drive's first queue, one after the other. */
    public static List<Fault> faults() {
        return List.of(
                Fault.writes().atCommand(2).loses(),
                Fault.writes().atCommand(4).misdirects(),
                Fault.reads().atCommand(7).stale(),
                Fault.reads().atCommand(8).rots(),
                Fault.reads().atCommand(9).rotsUnseen(),
                Fault.writes().atCommand(10).tears());
    }

    /** The first eleven commands of a queue. */
    public static void meetFaults(ByteIo io) {
        io.write(0, block(1));
        io.write(0, block(2)); // lost
        assertEquals(0, bitsThatDiffer(io, 1));
        io.write(0, block(3)); // misdirected
        assertEquals(0, bitsThatDiffer(io, 1));
        io.write(0, block(4));
        assertEquals(0, bitsThatDiffer(io, 1)); // stale
        assertEquals(1, bitsThatDiffer(io, 4));
        assertEquals(1, bitsThatDiffer(io, 4));
        io.write(0, block(5));
        assertEquals(0, bitsThatDiffer(io, 5));
    }

    /** A block of this value in each byte. */
    public static ByteBuffer block(int value) {
        byte[] bytes = new byte[BLOCK_BYTES];
        Arrays.fill(bytes, (byte) value);
        return ByteBuffer.wrap(bytes);
    }

    /** Reads the first block, and counts what is not as in {@link #block}. */
    public static int bitsThatDiffer(ByteIo io, int value) {
        ByteBuffer read = ByteBuffer.allocate(BLOCK_BYTES);
        io.read(0, read);
        int bits = 0;
        for (byte b : read.array()) {
            bits += Integer.bitCount((b ^ value) & 0xff);
        }
        return bits;
    }
}
