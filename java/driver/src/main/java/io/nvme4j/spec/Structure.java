// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;

/** An immutable copy of a structure that a controller returned; fields are little-endian. */
final class Structure {
    private final ByteBuffer bytes;

    private Structure(byte[] bytes) {
        this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Copies the first {@code length} bytes.
     *
     * @param name of the structure, for the message
     * @throws IllegalArgumentException if the segment is shorter
     */
    static Structure copyOf(MemorySegment segment, int length, String name) {
        if (segment.byteSize() < length) {
            throw new IllegalArgumentException(
                    name + " has " + length + " bytes, not " + segment.byteSize());
        }
        return new Structure(segment.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
    }

    int u8(int offset) {
        return Byte.toUnsignedInt(bytes.get(offset));
    }

    int u16(int offset) {
        return Short.toUnsignedInt(bytes.getShort(offset));
    }

    /** A dword as it is: a bit field, or a number that never gets near 2^31. */
    int dword(int offset) {
        return bytes.getInt(offset);
    }

    long u32(int offset) {
        return Integer.toUnsignedLong(bytes.getInt(offset));
    }

    /** A qword; from 2^63 on it is negative. */
    long u64(int offset) {
        return bytes.getLong(offset);
    }

    BigInteger u128(int offset) {
        byte[] bigEndian = new byte[16];
        for (int i = 0; i < bigEndian.length; i++) {
            bigEndian[i] = bytes.get(offset + bigEndian.length - 1 - i);
        }
        return new BigInteger(1, bigEndian);
    }

    static boolean bit(int value, int number) {
        return (value >>> number & 1) != 0;
    }

    /** Text up to a NUL, without the blanks around it; what no terminal should get becomes '?'. */
    String text(int offset, int length) {
        String text = new String(bytes.array(), offset, length, ISO_8859_1);
        int end = text.indexOf('\0');
        String whole = end < 0 ? text : text.substring(0, end);
        return whole.strip().replaceAll("[^ -~]", "?");
    }

    /** Hexadecimal digits in the order of the bytes, or empty where all are 0. */
    String identifier(int offset, int length) {
        String digits = HexFormat.of().formatHex(bytes.array(), offset, offset + length);
        return digits.chars().allMatch(digit -> digit == '0') ? "" : digits;
    }
}
