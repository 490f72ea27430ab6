// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.map;

import io.nvme4j.cli.text.ByteSize;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A range of bytes, as on the command line: {@code OFFSET+LENGTH}, or {@code skip+LENGTH} for bytes
 * of a read that go nowhere.
 *
 * @param offset of the first byte, or {@link #SKIP}
 * @param length bytes
 */
record ByteRange(long offset, long length) {
    /** Stands for the offset of bytes that are skipped. */
    static final long SKIP = -1;

    private static final String SKIP_TEXT = "skip";

    boolean isSkipped() {
        return offset == SKIP;
    }

    /** Where it ends in the buffer, in bytes. */
    long end() {
        return isSkipped() ? 0 : offset + length;
    }

    /** Reads 0x123+1M. */
    static final class Converter implements ITypeConverter<ByteRange> {
        @Override
        public ByteRange convert(String text) {
            int plus = text.indexOf('+');
            if (plus < 0) {
                throw new TypeConversionException(
                        "'" + text + "' is no range: OFFSET+LENGTH, such as 0x200+64K, or skip+4K");
            }
            String offset = text.substring(0, plus);
            return new ByteRange(
                    offset.equals(SKIP_TEXT) ? SKIP : new OffsetConverter().convert(offset),
                    new ByteSize().convert(text.substring(plus + 1)));
        }
    }

    /** Reads 512, 4K, 0x123. */
    static final class OffsetConverter implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            if (!text.startsWith("0x") && !text.startsWith("0X")) {
                return new ByteSize().convert(text);
            }
            try {
                return Long.parseLong(text.substring(2), 16);
            } catch (NumberFormatException e) {
                throw new TypeConversionException("'" + text + "' is no hexadecimal number");
            }
        }
    }
}
