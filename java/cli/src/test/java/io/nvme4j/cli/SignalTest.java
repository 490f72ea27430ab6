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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What happens to a run that is ended from outside. */
@Timeout(120)
class SignalTest {
    /** From the moment that a run creates its file until it has measured something. */
    private static final long RUN_MILLIS = 2_000;

    @TempDir Path directory;

    @Test
    void controlCPrintsWhatWasMeasured() throws Exception {
        assumeInterruptsArrive();
        try (Child child = run("--output-format=json")) {
            child.signal("INT");
            assertEquals(130, child.awaitExit(), child.err());
            Object document = Cli.json(child.out());
            assertTrue(Cli.numberAt(document, "jobs.0.read.iops") > 0, child.out());
            assertTrue(Cli.numberAt(document, "jobs.0.job_runtime") < 60_000, child.out());
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
        try (Child child = run("-w", "randwrite")) {
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

    /** A long run on the file, which has measured something. */
    private Child run(String... options) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("bench", "-r", fileId()));
        arguments.addAll(List.of("-t", "100", "-a", "0"));
        arguments.addAll(List.of(options));
        Child child = new Child(directory, arguments.toArray(String[]::new));
        while (!Files.exists(disk())) {
            assertTrue(child.isAlive(), child.err());
            Thread.sleep(50);
        }
        Thread.sleep(RUN_MILLIS);
        return child;
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
