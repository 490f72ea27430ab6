// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

import io.nvme4j.cli.text.ByteSize;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A range of bytes, as on the command line: {@code OFFSET+LENGTH}.
 *
 * @param offset of the first byte
 * @param length bytes
 */
record ByteRange(long offset, long length) {
    /** Reads 0x123+1M. */
    static final class Converter implements ITypeConverter<ByteRange> {
        @Override
        public ByteRange convert(String text) {
            int plus = text.indexOf('+');
            if (plus < 0) {
                throw new TypeConversionException(
                        "'" + text + "' is no range: OFFSET+LENGTH, such as 0x200+64K");
            }
            return new ByteRange(
                    new OffsetConverter().convert(text.substring(0, plus)),
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
