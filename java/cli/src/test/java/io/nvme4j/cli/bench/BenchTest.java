// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.util.regex.Pattern.quote;

import io.nvme4j.cli.Cli;
import io.nvme4j.cli.console.ExitCode;
import io.nvme4j.cli.job.read.Processors;
import io.nvme4j.cli.job.workload.Workload;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

@Timeout(120)
class BenchTest {
    private static final String SMALL = "trtype:EMBEDDED size:1M";
    private static final String JSON = "--output-format=json";

    /** Of runs that end with their last command, however slow the machine is. */
    private static final String LONG = "runtime=100";

    @TempDir Path directory;

    /** A run as short as it can be. */
    private static Cli.Result bench(String... options) {
        String[] arguments = new String[options.length + 5];
        String[] fixed = {"bench", "-t", "1", "-a", "0"};
        System.arraycopy(fixed, 0, arguments, 0, fixed.length);
        System.arraycopy(options, 0, arguments, fixed.length, options.length);
        return Cli.run(arguments);
    }

    private static boolean hasRow(Cli.Result result, String device) {
        return result.out().lines().anyMatch(line -> line.matches(quote(device) + " +read .*"));
    }

    @Test
    void printsATable() {
        Cli.Result result = bench("-r", SMALL).assertOk();
        assertEquals("", result.err());
        for (String part : new String[] {"IOPS", "MiB/s", "50%", "90%", "99%", "99.9%", "99.99%"}) {
            assertTrue(result.out().contains(part), result.out());
        }
        assertTrue(hasRow(result, "EMBEDDED (memory) ns 1"), result.out());
        assertTrue(result.out().contains("randread, 4 KiB, queue depth 32, 1 worker"));
    }

    @Test
    void withoutATransportIdItSaysWhatItMeasures() {
        Cli.Result result = bench("--output-format=json").assertOk();
        assertTrue(result.err().contains("built-in controller"), result.err());
        assertEquals("trtype:EMBEDDED", Cli.at(result.json(), "global options.filename"));
    }

    @Test
    void printsFiosShape() {
        Map<String, Object> document = bench("-r", SMALL, "--output-format=json").assertOk().json();
        double ios = Cli.numberAt(document, "jobs.0.read.total_ios");
        assertTrue(ios > 1000);
        assertEquals(ios * 4096, Cli.numberAt(document, "jobs.0.read.io_bytes"));
        assertEquals(ios, Cli.numberAt(document, "jobs.0.read.clat_ns.N"));
        double iops = Cli.numberAt(document, "jobs.0.read.iops");
        assertEquals(iops * 4096, Cli.numberAt(document, "jobs.0.read.bw_bytes"), iops);
        double seconds = Cli.numberAt(document, "jobs.0.job_runtime") / 1000;
        assertEquals(ios / seconds, iops, iops * 0.01);
        assertTrue(seconds >= 1, seconds + " s");
        assertEquals(0, Cli.numberAt(document, "jobs.0.write.total_ios"));
        assertEquals(0, Cli.numberAt(document, "jobs.0.error"));
        assertEquals("randread", Cli.at(document, "jobs.0.job options.rw"));
    }

    @Test
    void partsOfSecondsAreMeasured() {
        Map<String, Object> document =
                Cli.run("bench", "-r", SMALL, "-t", "0.25", "-a", "0.001", JSON).assertOk().json();
        assertTrue(Cli.numberAt(document, "jobs.0.read.runtime") >= 250);
        assertEquals("250000us", Cli.at(document, "jobs.0.job options.runtime"));
    }

    /** The namespace has 256 I/Os of 4 KiB: a sequence that did not wrap would leave it. */
    @ParameterizedTest
    @EnumSource(Workload.class)
    void everyWorkloadStaysInsideTheNamespace(Workload workload) {
        Cli.Result result =
                bench("-r", SMALL, "-w", workload.name(), "--output-format=json").assertOk();
        double reads = Cli.numberAt(result.json(), "jobs.0.read.total_ios");
        double writes =
                Cli.numberAt(result.json(), "jobs.0.write.total_ios")
                        + Cli.numberAt(result.json(), "jobs.0.trim.total_ios");
        int percentage = workload.readPercentage(50);
        assertEquals(percentage / 100.0, reads / (reads + writes), 0.05);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 30, 100})
    void mixIsAsAskedFor(int percentage) {
        Map<String, Object> document =
                bench("-r", SMALL, "-w", "randrw", "-M", "" + percentage, "--output-format=json")
                        .assertOk()
                        .json();
        double reads = Cli.numberAt(document, "jobs.0.read.total_ios");
        double writes = Cli.numberAt(document, "jobs.0.write.total_ios");
        assertEquals(percentage, 100 * reads / (reads + writes), 3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "trtype:EMBEDDED size:1M mode:threaded",
                "trtype:EMBEDDED size:1M iova:scrambled",
                "trtype:EMBEDDED size:1M block:4096",
                "trtype:EMBEDDED size:1M traddr:null"
            })
    void runsOnEveryKindOfEmbeddedController(String id) {
        bench("-r", id, "-w", "randrw", "-o", "16K", "-q", "128").assertOk();
    }

    @ParameterizedTest
    @ValueSource(strings = {"mode:inline", "mode:threaded", "mode:threaded latency:50us"})
    void asManyCommandsAreDoneAsWereAskedFor(String options) {
        String id = "trtype:EMBEDDED size:1M " + options;
        for (int number : new int[] {1, 5, 1000}) {
            String limit = "number_ios=" + number;
            Cli.Result result =
                    bench("-r", id, "-q", "4", "--set", limit, "--set", LONG, JSON).assertOk();
            assertEquals(number, Cli.numberAt(result.json(), "jobs.0.read.total_ios"));
        }
    }

    @Test
    void lastIoOfTheNamespaceMayBeTheOnlyOne() {
        bench("-r", "trtype:EMBEDDED size:4K", "-w", "rw", "-q", "4").assertOk();
        bench("-r", "trtype:EMBEDDED size:5K", "-w", "randrw", "-q", "4").assertOk();
    }

    @Test
    void withoutASelectionAllNamespacesAreMeasured() {
        String id = "trtype:EMBEDDED size:1M namespaces:2";
        Cli.Result all = bench("-r", id).assertOk();
        assertTrue(hasRow(all, "EMBEDDED (memory) ns 1"), all.out());
        assertTrue(hasRow(all, "EMBEDDED (memory) ns 2"), all.out());
        Cli.Result second = bench("-r", id + " ns:2").assertOk();
        assertFalse(hasRow(second, "EMBEDDED (memory) ns 1"), second.out());
        assertTrue(hasRow(second, "EMBEDDED (memory) ns 2"), second.out());
    }

    @Test
    void pinnedWorkersHaveARowEach() {
        int processor = Processors.allowed(Path.of("/proc/self/status")).getFirst();
        Cli.Result result = bench("-r", SMALL, "-c", "[" + processor + "]").assertOk();
        assertTrue(result.out().contains("ns 1 core " + processor), result.out());
    }

    @Test
    void writesReachAFile() throws IOException {
        Path file = directory.resolve("disk.img");
        bench("-r", "trtype:EMBEDDED size:64K traddr:" + file, "-w", "write").assertOk();
        byte[] whole = Files.readAllBytes(file);
        assertEquals((64 << 10) + 512, whole.length); // and the trailer
        byte[] content = Arrays.copyOf(whole, 64 << 10);
        int zeros = 0;
        for (byte b : content) {
            zeros += b == 0 ? 1 : 0;
        }
        assertTrue(zeros < content.length / 100, zeros + " zeros, of random data");
    }

    /** A file is whole once it has its trailer, which is not looked at again. */
    private static void awaitAttached(Path file) throws IOException {
        int size = 1 << 20;
        while (!Files.exists(file) || !hasData(Files.readAllBytes(file), size)) {
            Thread.onSpinWait();
        }
    }

    private static boolean hasData(byte[] content, int from) {
        int at = from;
        while (at < content.length && content[at] == 0) {
            at++;
        }
        return at < content.length;
    }

    @Test
    void firstErrorEndsTheRunAndIsNamed() throws Exception {
        Path file = directory.resolve("disk.img");
        CompletableFuture<Cli.Result> run =
                CompletableFuture.supplyAsync(
                        () ->
                                Cli.run(
                                        "bench",
                                        "-r",
                                        "trtype:EMBEDDED size:1M traddr:" + file,
                                        "-a",
                                        "0",
                                        "-t",
                                        "100"));
        awaitAttached(file);
        try (RandomAccessFile disk = new RandomAccessFile(file.toFile(), "rw")) {
            disk.setLength(0); // all blocks are lost
        }
        Cli.Result result = run.get(60, TimeUnit.SECONDS);
        assertEquals(ExitCode.FAILURE, result.exitCode());
        assertTrue(result.err().contains("nvme4j: read of 8 blocks at LBA "), result.err());
        assertTrue(result.err().contains("Unrecovered Read Error (SCT 2h, SC 81h"), result.err());
        assertEquals(1, result.err().lines().count(), result.err());
        assertTrue(result.out().contains("Total"), result.out());
        assertTrue(result.out().contains("commands failed"), result.out());
    }
}
