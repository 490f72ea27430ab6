// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec.feature;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Numbers in a feature's data, which are little-endian. */
final class Bytes {
    private static final ValueLayout.OfLong LITTLE_ENDIAN =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Bytes() {}

    /** A number of 1 to 8 bytes, all of them inside the first 8. */
    static long get(MemorySegment data, int offset, int length) {
        long first = data.get(LITTLE_ENDIAN, 0);
        return first
                << Long.SIZE - (offset + length) * Byte.SIZE
                >>> Long.SIZE - length * Byte.SIZE;
    }

    /** So many bytes, of which the first 8 are these and the others are 0. */
    static MemorySegment of(int length, long first) {
        MemorySegment data = MemorySegment.ofArray(new byte[length]);
        data.set(LITTLE_ENDIAN, 0, first);
        return data;
    }
}
