// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nvme4j.error.NvmeException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Where results go, and what is said when they can't. */
class OutputTest {
    private static final Path FULL = Path.of("/dev/full");

    @TempDir private Path directory;

    private static Cli.Result bench(String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("bench", "-r", "trtype:EMBEDDED size:1M", "-a", "0"));
        arguments.addAll(List.of("-t", "1", "-d", "1000"));
        arguments.addAll(List.of(more));
        return Cli.run(arguments.toArray(String[]::new));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--output", "--report", "--csv", "--hlog", "--hgrm"})
    void fullDiskIsAnError(String option) throws IOException {
        assumeTrue(Files.isWritable(FULL), "no /dev/full: a full disk was not tried");
        Path other = directory.resolve("other.csv");
        Cli.Result result =
                option.equals("--csv")
                        ? bench(option, FULL.toString())
                        : bench(option, FULL.toString(), "--csv", other.toString());
        assertEquals(ExitCode.FAILURE, result.exitCode(), result.err());
        assertTrue(
                result.err().contains("/dev/full can't be written: No space left"), result.err());
        if (!option.equals("--csv")) {
            assertTrue(Files.size(other) > 0, "the other file is missing");
        }
    }

    @Test
    void failedWriteLeavesNoHalfOfAFile() throws IOException {
        Path file = directory.resolve("gone").resolve("x.csv");
        NvmeException e = assertThrows(NvmeException.class, () -> OutputFile.write(file, "x"));
        assertTrue(e.getMessage().contains("its directory is gone"), e.getMessage());
        assertFalse(Files.exists(file));
    }

    @ParameterizedTest
    @CsvSource({"'',is empty", "/nowhere/x,no directory /nowhere", "/tmp,is a directory"})
    void whatCannotBeWrittenIsFoundBefore(String file, String message) {
        bench("--csv", file).assertError(ExitCode.USAGE, message);
    }

    @Test
    void twoOutputsAreNotWrittenToOneFile() {
        String file = directory.resolve("x").toString();
        String same = directory.resolve(".").resolve("x").toString();
        bench("--csv", file, "--hlog", same).assertError(ExitCode.USAGE, "one file");
    }

    @Test
    void tableFitsATerminal() {
        String out = bench("-w", "randrw", "-L").assertOk().out();
        out.lines().forEach(line -> assertTrue(line.length() <= 80, line));
        assertTrue(out.contains("waiting") && out.contains("99.99%"), out);
    }

    @Test
    void whyStdoutFailedIsRemembered() {
        StandardOutput full = failing("No space left on device");
        assertEquals("No space left on device", full.failure());
        assertEquals(ExitCode.FAILURE, full.exitCode(ExitCode.OK));
        assertEquals(130, full.exitCode(130));
    }

    /** As of {@code nvme4j bench | head -1}. */
    @Test
    void readerThatEndedEarlyIsNoFault() {
        StandardOutput closed = failing("Broken pipe");
        assertEquals("", closed.failure());
        assertEquals(141, closed.exitCode(ExitCode.OK));
    }

    @Test
    void stdoutThatWorksChangesNothing() {
        StandardOutput stdout = new StandardOutput(OutputStream.nullOutputStream());
        print(stdout);
        assertEquals("", stdout.failure());
        assertEquals(ExitCode.OK, stdout.exitCode(ExitCode.OK));
    }

    private static StandardOutput failing(String message) {
        StandardOutput stdout =
                new StandardOutput(
                        new OutputStream() {
                            @Override
                            public void write(int one) throws IOException {
                                throw new IOException(message);
                            }
                        });
        print(stdout);
        return stdout;
    }

    private static void print(StandardOutput stdout) {
        PrintWriter writer = new PrintWriter(stdout, false, StandardCharsets.UTF_8);
        writer.println("a result");
        writer.flush();
    }
}
