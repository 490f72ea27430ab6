// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.nvme4j.cli.console.ExitCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What happens to a run that is ended from outside. */
@Timeout(120)
class SignalTest {
    private static final int SECONDS = 100;

    @TempDir Path directory;

    @Test
    void controlCPrintsWhatWasMeasured() throws Exception {
        assumeInterruptsArrive();
        try (Child child = run("--output-format=json")) {
            child.signal("INT");
            assertEquals(130, child.awaitExit(), child.err());
            Object document = Cli.json(child.out());
            assertTrue(Cli.numberAt(document, "jobs.0.write.iops") > 0, child.out());
            assertTrue(Cli.numberAt(document, "jobs.0.job_runtime") < SECONDS * 1000, child.out());
        }
    }

    @Test
    void terminationPrintsATable() throws Exception {
        try (Child child = run()) {
            child.signal("TERM");
            assertEquals(143, child.awaitExit(), child.err());
            assertTrue(child.out().contains("Total"), child.out());
            assertTrue(child.out().contains("Stopped early by a signal."), child.out());
        }
    }

    @Test
    void killedRunLeavesAFileThatTheNextCanUse() throws Exception {
        try (Child child = run()) {
            child.signal("KILL");
            assertEquals(137, child.awaitExit());
        }
        Cli.run("bench", "-r", fileId(), "-t", "1", "-a", "0").assertOk();
    }

    @Test
    void fileOfAnotherProcessIsRefused() throws Exception {
        try (Child child = run()) {
            Cli.run("bench", "-r", fileId(), "-t", "1").assertError(ExitCode.FAILURE, "in use");
            assertTrue(child.isAlive(), child.err());
        }
    }

    /** A long run that writes the file, and has begun to. */
    private Child run(String... options) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("bench", "-r", fileId()));
        arguments.addAll(List.of("-w", "write", "-t", "" + SECONDS, "-a", "0"));
        arguments.addAll(List.of(options));
        Child child = new Child(directory, arguments.toArray(String[]::new));
        child.await(this::hasFirstData);
        return child;
    }

    private boolean hasFirstData() throws IOException {
        if (!Files.exists(disk())) {
            return false;
        }
        try (InputStream file = Files.newInputStream(disk())) {
            byte[] first = file.readNBytes(Long.BYTES); // none, before the file has its size
            return first.length == Long.BYTES && !Arrays.equals(new byte[Long.BYTES], first);
        }
    }

    private Path disk() {
        return directory.resolve("disk.img");
    }

    private String fileId() {
        return "trtype:EMBEDDED size:16M traddr:" + disk();
    }

    /** A shell's background job ignores SIGINT, and so do all processes that it starts. */
    private static void assumeInterruptsArrive() throws IOException {
        String ignored =
                Files.readAllLines(Path.of("/proc/self/status")).stream()
                        .filter(line -> line.startsWith("SigIgn:"))
                        .findFirst()
                        .orElse("SigIgn: 0");
        long mask = Long.parseUnsignedLong(ignored.substring("SigIgn:".length()).strip(), 16);
        assumeFalse((mask & 1 << 1) != 0, "SIGINT is ignored here");
    }
}
