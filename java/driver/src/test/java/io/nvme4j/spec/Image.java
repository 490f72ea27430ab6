// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A structure as a controller would write it, built by hand. */
final class Image {
    private final ByteBuffer bytes;

    Image(int length) {
        bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    }

    Image u8(int offset, int value) {
        bytes.put(offset, (byte) value);
        return this;
    }

    Image u16(int offset, int value) {
        bytes.putShort(offset, (short) value);
        return this;
    }

    Image u32(int offset, long value) {
        bytes.putInt(offset, (int) value);
        return this;
    }

    Image u64(int offset, long value) {
        bytes.putLong(offset, value);
        return this;
    }

    Image text(int offset, int length, String text) {
        byte[] padded = " ".repeat(length).getBytes(StandardCharsets.ISO_8859_1);
        byte[] content = text.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(content, 0, padded, 0, content.length);
        bytes.put(offset, padded);
        return this;
    }

    MemorySegment segment() {
        return MemorySegment.ofArray(bytes.array());
    }
}
