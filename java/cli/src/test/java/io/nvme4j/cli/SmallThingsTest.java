// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.cli.console.Examples;
import io.nvme4j.cli.console.ExitCode;
import io.nvme4j.cli.run.Progress;
import io.nvme4j.cli.text.ByteSize;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

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
    void partsOfSecondsAreMeasured() {
        String[] options = {"-r", "trtype:EMBEDDED size:1M", "--output-format=json"};
        List<String> arguments = new ArrayList<>(List.of("bench", "-t", "0.25", "-a", "0.001"));
        arguments.addAll(List.of(options));
        Map<String, Object> document = Cli.run(arguments.toArray(String[]::new)).assertOk().json();
        double millis = Cli.numberAt(document, "jobs.0.read.runtime");
        assertTrue(millis >= 200 && millis < 1000, millis + " ms");
        assertEquals("250000us", Cli.at(document, "jobs.0.job options.runtime"));
    }

    /** What stands on a line of its own can be copied, and begins as examples do. */
    @ParameterizedTest
    @ValueSource(ints = {72, 80, 100})
    void examplesAreIndentedWhereTheyAreWrapped(int width) {
        CommandLine main = Main.commandLine();
        List<CommandLine> all = new ArrayList<>(main.getSubcommands().values());
        all.add(main);
        for (CommandLine each : all) {
            String[] wrapped = Examples.wrap(each.getCommandSpec().usageMessage().footer(), width);
            String whole = String.join("\n", wrapped).replaceAll(" \\\\\n +", " ");
            String plain = String.join("\n", each.getCommandSpec().usageMessage().footer());
            assertEquals(plain.replaceAll(" \\\\\n +", " "), whole);
            for (String line : wrapped) {
                assertTrue(!line.startsWith("  ") || line.length() <= width, line);
            }
        }
    }

    @Test
    void helpIsOfTheVersionThatWasBuilt() {
        String out = Cli.run("--version").assertOk().out();
        assertTrue(out.matches("(?s)nvme4j \\d+\\.\\d+\\.\\d+.*"), out);
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
