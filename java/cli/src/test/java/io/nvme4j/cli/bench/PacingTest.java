// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.cli.Cli;
import io.nvme4j.cli.console.ExitCode;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Rates, and latencies that count from when a command should have started. */
class PacingTest {
    private static final String SLOW = "trtype:EMBEDDED size:4M latency:1ms";

    private static Map<String, Object> run(String... options) {
        String[] all = new String[options.length + 4];
        System.arraycopy(new String[] {"bench", "-t", "1", "--output-format=json"}, 0, all, 0, 4);
        System.arraycopy(options, 0, all, 4, options.length);
        return Cli.run(all).assertOk().json();
    }

    /** A thousand in a second is the most, and five thousand are asked for. */
    @Test
    void aboveCapacityOnlyTheLatencyFromTheIntendedStartGrows() {
        Map<String, Object> document = run("-r", SLOW, "-q", "1", "--rate", "5000", "-a", "0");
        double device = Cli.numberAt(document, "jobs.0.read.clat_ns.mean");
        double total = Cli.numberAt(document, "jobs.0.read.lat_ns.mean");
        double waiting = Cli.numberAt(document, "jobs.0.read.slat_ns.mean");
        assertTrue(total > 100e6, "a backlog of 0.8 s is there in the end: " + total);
        assertTrue(device < total / 4, device + " of " + total);
        double callback = Cli.numberAt(document, "jobs.0.read.callback_ns.mean");
        assertEquals(total, waiting + device + callback, total * 0.001);
    }

    @Test
    void ratesOfDirectionsAreTheirOwn() {
        Map<String, Object> document =
                run("-w", "randrw", "-q", "8", "--set", "rate_iops=3000,1000");
        double reads = Cli.numberAt(document, "jobs.0.read.iops");
        double writes = Cli.numberAt(document, "jobs.0.write.iops");
        assertEquals(3, reads / writes, 0.2);
    }

    @Test
    void sameSeedsGiveTheSameCommands() {
        String[] options = {
            "-w", "randrw", "-d", "2000", "-a", "0", "--set", "runtime=100", "--set", "randseed=7"
        };
        double first = Cli.numberAt(run(options), "jobs.0.read.total_ios");
        assertEquals(first, Cli.numberAt(run(options), "jobs.0.read.total_ios"));
        options[options.length - 1] = "randseed=8";
        double other = Cli.numberAt(run(options), "jobs.0.read.total_ios");
        assertEquals(1000, other, 150);
    }

    /** Of a device that takes a millisecond: the rest is next to nothing. */
    @Test
    void latenciesAreSplitWhereTheyAreTracked() {
        Map<String, Object> document = run("-r", SLOW, "-q", "4", "-a", "0", "-L");
        double device = Cli.numberAt(document, "jobs.0.read.clat_ns.mean");
        double callback = Cli.numberAt(document, "jobs.0.read.callback_ns.mean");
        double total = Cli.numberAt(document, "jobs.0.read.lat_ns.mean");
        assertEquals(0, Cli.numberAt(document, "jobs.0.read.slat_ns.mean"));
        assertTrue(device >= 1e6, "the device took " + device);
        assertTrue(callback > 0 && callback < device, "callbacks took " + callback);
        assertEquals(total, device + callback, total * 0.001);
    }

    /** The device takes a millisecond for each command. */
    @Test
    void aRateBelowTheLeastEndsTheRun() {
        String[] options = {"bench", "-r", SLOW, "-q", "1", "-t", "20", "-a", "0"};
        Cli.Result result = least(options, "rate_iops_min=5000", "rate_cycle=200");
        assertEquals(ExitCode.FAILURE, result.exitCode());
        assertTrue(result.err().contains("at least 5000 I/Os a second are asked for of its reads"));
        double seconds = Cli.numberAt(result.json(), "jobs.0.read.runtime") / 1000;
        assertTrue(seconds > 2 && seconds < 10, "it is seen at once, but not before: " + seconds);
    }

    /** One of 4096 bytes each 200 ms: in most cycles there is none. */
    @Test
    void aLeastRateMayBeBelowOneInACycle() {
        String[] options = {"bench", "-q", "1", "-t", "3", "-a", "0", "--set", "rate=20k"};
        least(options, "rate_min=5000", "rate_cycle=50").assertOk();
    }

    private static Cli.Result least(String[] options, String... settings) {
        List<String> all = new ArrayList<>(List.of(options));
        for (String setting : settings) {
            all.addAll(List.of("--set", setting));
        }
        all.add("--output-format=json");
        return Cli.run(all.toArray(String[]::new));
    }

    /** All that go together are submitted together, and none before all of them can. */
    @Test
    void batchesGoTogether() {
        Map<String, Object> document =
                run("-r", SLOW, "-q", "8", "-a", "0", "--set", "iodepth_batch=8");
        Map<?, ?> submitted = (Map<?, ?>) Cli.at(document, "jobs.0.iodepth_submit");
        assertEquals(
                100,
                ((Number) Objects.requireNonNull(submitted.get("8"))).doubleValue(),
                0.1,
                submitted.toString());
    }

    /** Each command takes a millisecond: a write and its flush two. */
    @Test
    void synchronousWritesLastUntilTheyAreFlushed() {
        double both = Cli.numberAt(flushed("sync=1"), "jobs.0.write.clat_ns.mean");
        double one = Cli.numberAt(flushed("fsync=1"), "jobs.0.write.clat_ns.mean");
        assertTrue(both >= 2e6, "a write and a flush took " + both);
        assertTrue(one >= 1e6 && one < both, "a write took " + one);
    }

    /** Of a depth of 1, each of a hundred writes takes a millisecond, and each flush as well. */
    @Test
    void flushesComeAfterSoManyWrites() {
        assertTrue(millisOfHundredWrites("fsync=4") >= 124);
        assertTrue(millisOfHundredWrites("fsync=1") >= 198);
    }

    private static double millisOfHundredWrites(String setting) {
        return Cli.numberAt(ofHundredWrites(setting), "jobs.0.write.runtime");
    }

    private static Map<String, Object> ofHundredWrites(String setting) {
        Map<String, Object> document =
                run(
                        "-r",
                        SLOW,
                        "-w",
                        "write",
                        "-q",
                        "1",
                        "-a",
                        "0",
                        "-d",
                        "100",
                        "--set",
                        "runtime=20",
                        "--set",
                        "end_fsync=1",
                        "--set",
                        setting);
        assertEquals(100, Cli.numberAt(document, "jobs.0.write.total_ios"));
        return document;
    }

    /** Those between writes; one at the job's end is no part of the measurement. */
    @Test
    void flushesHaveLatenciesOfTheirOwn() {
        Map<String, Object> document = ofHundredWrites("fsync=4");
        assertEquals(25, Cli.numberAt(document, "jobs.0.sync.total_ios"));
        assertEquals(25, Cli.numberAt(document, "jobs.0.sync.lat_ns.N"));
        assertTrue(Cli.numberAt(document, "jobs.0.sync.lat_ns.min") >= 1e6);
        assertEquals(100, Cli.numberAt(document, "jobs.0.write.clat_ns.N"));
    }

    /** As in fio, where the two are one write. */
    @Test
    void flushesThatArePartsOfWritesHaveNone() {
        Map<String, Object> document = ofHundredWrites("sync=1");
        assertEquals(0, Cli.numberAt(document, "jobs.0.sync.total_ios"));
    }

    /** All is verified, and nothing is told of twice. */
    @Test
    void flushedWritesAreVerified() {
        for (String flush : List.of("sync=1", "fsync=3")) {
            Map<String, Object> document =
                    Cli.run(
                                    "bench",
                                    "-w",
                                    "randwrite",
                                    "-q",
                                    "8",
                                    "-a",
                                    "0",
                                    "--output-format=json",
                                    "-r",
                                    "trtype:EMBEDDED size:4M",
                                    "-d",
                                    "300",
                                    "--set",
                                    "verify=md5",
                                    "--set",
                                    "verify_backlog=16",
                                    "--set",
                                    "end_fsync=1",
                                    "--set",
                                    flush)
                            .assertOk()
                            .json();
            assertEquals(300, Cli.numberAt(document, "jobs.0.write.total_ios"), flush);
        }
    }

    private static Map<String, Object> flushed(String setting) {
        return run("-r", SLOW, "-w", "randwrite", "-q", "1", "-a", "0", "--set", setting);
    }

    @Test
    void moreOfLatenciesIsPrintedWhereItIsAskedFor() {
        String[] options = {"bench", "-r", SLOW, "-q", "1", "-t", "1", "-a", "0", "-L"};
        String summary = Cli.run(options).assertOk().out();
        assertTrue(summary.contains("99.99999%") && summary.contains("callback"), summary);
        assertTrue(!summary.contains("Histogram"), summary);
        options[options.length - 1] = "-LL";
        String histogram = Cli.run(options).assertOk().out();
        assertTrue(histogram.contains("Histogram of EMBEDDED (memory) ns 1, read"), histogram);
        assertTrue(histogram.contains("100.00000%"), histogram);
    }
}
