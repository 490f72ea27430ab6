// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nvme4j.cli.Child;
import io.nvme4j.cli.Cli;
import io.nvme4j.error.NvmeException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

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

    /** Half of a surrogate pair can't be written. */
    @Test
    void failedWriteLeavesTheOldFileAsItWas() throws IOException {
        Path file = Files.writeString(directory.resolve("x.csv"), "old");
        assertThrows(NvmeException.class, () -> OutputFile.write(file, "new \ud800"));
        assertEquals("old", Files.readString(file));
        OutputFile.write(file, "new");
        assertEquals("new", Files.readString(file));
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(List.of(file), files.toList());
        }
    }

    @Test
    void newFileHasTheRightsOfTheOld() throws IOException {
        Path file = Files.writeString(directory.resolve("x.csv"), "a longer old text");
        Set<PosixFilePermission> rights = PosixFilePermissions.fromString("rw-r-x--x");
        Files.setPosixFilePermissions(file, rights);
        OutputFile.write(file, "new");
        assertEquals("new", Files.readString(file));
        assertEquals(rights, Files.getPosixFilePermissions(file));
    }

    @Test
    void linksGoOnNamingTheSameFile() throws IOException {
        Path file = directory.resolve("run-1.csv");
        Path link = Files.createSymbolicLink(directory.resolve("latest"), Path.of("run-1.csv"));
        for (String text : List.of("first", "second")) {
            OutputFile.write(link, text);
            assertEquals(text, Files.readString(file));
            assertTrue(Files.isSymbolicLink(link));
        }
        bench("--csv", file.toString(), "--hlog", link.toString())
                .assertError(ExitCode.USAGE, "one file");
    }

    @Test
    void fifosAreWrittenInto() throws Exception {
        Path fifo = directory.resolve("fifo");
        assertEquals(0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
        CompletableFuture<String> read = CompletableFuture.supplyAsync(() -> text(fifo));
        OutputFile.write(fifo, "through");
        assertEquals("through", read.get(10, TimeUnit.SECONDS));
        assertFalse(Files.isRegularFile(fifo));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The command's exit code, after a line of shell in which "$@" is the command. */
    private int shell(String line, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("sh", "-c", line, "sh"));
        command.addAll(Child.command(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().put("LC_ALL", "de_DE.UTF-8");
        return builder.redirectErrorStream(true)
                .redirectOutput(directory.resolve("said").toFile())
                .start()
                .waitFor();
    }

    @Test
    void whatGoesToStdoutByNameFollowsWhatIsThere() throws Exception {
        shell("\"$@\" > both", "bench", "-t", "0.1", "-a", "0", "--csv", "/dev/stdout");
        String both = Files.readString(directory.resolve("both"));
        assertTrue(both.indexOf("IOPS") < both.indexOf("job,"), both);
        assertTrue(both.contains("latency") && both.contains("job,"), both);
    }

    /** Whatever the language is that the C library has its messages in. */
    @Test
    void readerThatEndsEarlyIsNoFaultInAnyLanguage() throws Exception {
        shell("{ \"$@\"; echo $? > code; } | true", "--help");
        assertEquals("141", Files.readString(directory.resolve("code")).strip());
        assertEquals("", Files.readString(directory.resolve("said")));
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
        StandardOutput full = failing("No space left on device", false);
        assertEquals("No space left on device", full.failure());
        assertEquals(ExitCode.FAILURE, full.exitCode(ExitCode.OK));
        assertEquals(130, full.exitCode(130));
    }

    /** As of {@code nvme4j bench | head -1}. */
    @Test
    void readerThatEndedEarlyIsNoFault() {
        StandardOutput closed = failing("Datenübergabe unterbrochen (broken pipe)", true);
        assertEquals("", closed.failure());
        assertEquals(141, closed.exitCode(ExitCode.OK));
    }

    @Test
    void stdoutThatWorksChangesNothing() {
        StandardOutput stdout = new StandardOutput(OutputStream.nullOutputStream(), () -> true);
        print(stdout);
        assertEquals("", stdout.failure());
        assertEquals(ExitCode.OK, stdout.exitCode(ExitCode.OK));
    }

    private static StandardOutput failing(String message, boolean hasReader) {
        StandardOutput stdout =
                new StandardOutput(
                        new OutputStream() {
                            @Override
                            public void write(int one) throws IOException {
                                throw new IOException(message);
                            }
                        },
                        () -> hasReader);
        print(stdout);
        return stdout;
    }

    private static void print(StandardOutput stdout) {
        PrintWriter writer = new PrintWriter(stdout, false, StandardCharsets.UTF_8);
        writer.println("a result");
        writer.flush();
    }
}
