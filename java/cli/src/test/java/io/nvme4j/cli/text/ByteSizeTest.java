// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

import picocli.CommandLine.TypeConversionException;

class ByteSizeTest {
    @Test
    void sizesAreRead() {
        ByteSize size = new ByteSize();
        assertEquals(4096, size.convert("4096"));
        assertEquals(4096, size.convert("4k"));
        assertEquals(4096, size.convert("4KiB"));
        assertEquals(1 << 20, size.convert("1M"));
        assertEquals(3L << 30, size.convert("3G"));
        for (String bad : new String[] {"", "4X", "K", "-1", "1.5K", "999999999999999G"}) {
            assertThrows(TypeConversionException.class, () -> size.convert(bad), bad);
        }
    }

    @Test
    void sizesAreWritten() {
        assertEquals("0 B", ByteSize.format(0));
        assertEquals("512 B", ByteSize.format(512));
        assertEquals("4 KiB", ByteSize.format(4096));
        assertEquals("1.5 GiB", ByteSize.format(3L << 29));
        assertEquals("100 MiB", ByteSize.format(100L << 20));
        assertEquals("8 EiB", ByteSize.format(Long.MAX_VALUE));
    }
}
