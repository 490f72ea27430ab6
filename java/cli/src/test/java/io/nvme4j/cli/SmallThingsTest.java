// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.cli.text.ByteSize;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import picocli.CommandLine.TypeConversionException;

import java.nio.file.Files;
import java.nio.file.Path;

class SmallThingsTest {
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

    @Test
    void onlyTerminalsAreTerminals(@TempDir Path directory) throws Exception {
        Path toFile = Files.createSymbolicLink(directory.resolve("1"), Path.of("/tmp/file"));
        Path toTerminal = Files.createSymbolicLink(directory.resolve("2"), Path.of("/dev/pts/3"));
        assertFalse(Progress.isTerminal(toFile));
        assertTrue(Progress.isTerminal(toTerminal));
        assertFalse(Progress.isTerminal(directory.resolve("3")));
    }

    @Test
    void errorsAreOneLine() {
        Cli.run("identify", "-r", "trtype:EMBEDDED\ntraddr:null\nwith:breaks")
                .assertError(ExitCode.FAILURE, "with");
    }
}
