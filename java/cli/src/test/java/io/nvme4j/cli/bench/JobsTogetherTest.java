// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.cli.Cli;
import io.nvme4j.cli.console.ExitCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Jobs of a file that look at each other. */
class JobsTogetherTest {
    @TempDir Path directory;

    private Cli.Result run(String jobs, String... options) throws IOException {
        return runOn("trtype:EMBEDDED", jobs, options);
    }

    private Cli.Result runOn(String id, String jobs, String... options) throws IOException {
        String global = "[global]\nrw=randread\nsize=16m\ntime_based\nruntime=500ms\n";
        Path file = Files.writeString(directory.resolve("jobs.fio"), global + jobs);
        List<String> all = new ArrayList<>(List.of("bench", file.toString()));
        all.addAll(List.of("-r", id, "--output-format=json"));
        all.addAll(List.of(options));
        return Cli.run(all.toArray(String[]::new));
    }

    private static List<?> jobs(Map<String, Object> document) {
        return (List<?>) Cli.at(document, "jobs");
    }

    /**
     * A slow device, so that who goes on alone at the end, until it has a processor, does little.
     */
    @Test
    void jobsOfAFlowKeepTheirProportion() throws IOException {
        String jobs = "[a]\nflow=3\nruntime=2s\n[b]\nflow=1\nruntime=2s\n";
        String others = "[c]\nflow=1\nflow_id=7\n[d]\n";
        Map<String, Object> document =
                runOn("trtype:EMBEDDED latency:100us", jobs + others).assertOk().json();
        double first = Cli.numberAt(document, "jobs.0.read.total_ios");
        double second = Cli.numberAt(document, "jobs.1.read.total_ios");
        assertTrue(second > 100, "both go on: " + second);
        assertEquals(3, first / second, 0.2);
    }

    /** The second goes on alone, though it is ahead of its share by far. */
    @Test
    void jobsOfAFlowGoOnWhenOthersHaveEnded() throws IOException {
        String jobs = "[a]\nflow=100\nnumber_ios=1000\n[b]\nflow=1\nflow_sleep=100\n";
        Map<String, Object> document = run(jobs).assertOk().json();
        double second = Cli.numberAt(document, "jobs.1.read.total_ios");
        assertTrue(second > 1000, "it goes on alone: " + second);
    }

    @Test
    void jobsWaitForTheJobThatTheyName() throws IOException {
        String jobs = "[a]\nnumjobs=2\n[b]\n[c]\nwait_for=a\nruntime=200ms\n";
        run(jobs, "--fio-logs", directory.resolve("log").toString()).assertOk();
        List<Integer> times = new ArrayList<>(); // of the first and the last interval of each
        for (int thread = 1; thread <= 4; thread++) {
            List<String> lines =
                    Files.readAllLines(directory.resolve("log_iops." + thread + ".log"));
            times.add(Integer.parseInt(lines.getFirst().split(",", -1)[0]));
            times.add(Integer.parseInt(lines.getLast().split(",", -1)[0]));
        }
        assertTrue(times.get(6) >= times.get(1), "c begins when a.0 has ended: " + times);
        assertTrue(times.get(6) >= times.get(3), "c begins when a.1 has ended: " + times);
        assertTrue(times.get(4) < times.get(1), "b waits for nobody: " + times);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[a]\nwait_for=b\n[b]\n",
                "[a]\nwait_for=a\n",
                "[a]\n[a]\nwait_for=a\n",
                "[a]\n[b]\nwait_for=a\n[a]\nwait_for=b\n"
            })
    void jobsWaitForOneThatIsBeforeThem(String jobs) throws IOException {
        run(jobs).assertError(ExitCode.FAILURE, "waits for", "before it");
    }

    /** One that writes logs without a name, one that has one for two, and one that has none. */
    @Test
    void jobsAskForLogs() throws IOException {
        String prefix = directory.resolve("own").toString();
        String jobs =
                "[a]\n[b]\nwrite_bw_log=%s\nwrite_lat_log=%s\n[c]\nwrite_iops_log=%s\n"
                        .formatted(prefix, prefix, directory.resolve("other"));
        run(jobs).assertOk();
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(
                    List.of(
                            "jobs.fio",
                            "other_iops.3.log",
                            "own_bw.2.log",
                            "own_clat.2.log",
                            "own_lat.2.log",
                            "own_slat.2.log"),
                    files.map(file -> file.getFileName().toString()).sorted().toList());
        }
        String line = Files.readAllLines(directory.resolve("own_bw.2.log")).getFirst();
        assertTrue(line.matches("\\d+, \\d+, 0, 0, 0"), line);
    }

    /** The built-in controller says that it writes one block at once. */
    @Test
    void atomicWritesAreNoLargerThanTheDeviceHasThem() throws IOException {
        String jobs = "[a]\nrw=write\natomic=1\nbs=";
        run(jobs + "512").assertOk();
        run(jobs + "4k").assertError(ExitCode.FAILURE, "job a", "512 bytes at once");
    }

    /** The second would go on for longer than the first takes on the slowest machine. */
    private static String three(String ofFirst, String ofSecond) {
        return "[a]\nexitall\n%s\nnumber_ios=100\n[b]\n%s\n[c]\nstonewall\nruntime=100ms\n"
                .formatted(ofFirst, ofSecond);
    }

    private Map<String, Object> withSecondCutShort(String ofFirst, String ofSecond)
            throws IOException {
        String jobs = three(ofFirst, ofSecond + "\nruntime=60s");
        Map<String, Object> document = run(jobs).assertOk().json();
        assertTrue(Cli.numberAt(document, "jobs.1.read.runtime") < 50_000, document.toString());
        return document;
    }

    @Test
    void theEndOfAJobEndsItsGroup() throws IOException {
        assertEquals(3, jobs(withSecondCutShort("", "")).size());
        Map<String, Object> document = run(three("", "new_group")).assertOk().json();
        assertTrue(Cli.numberAt(document, "jobs.1.read.runtime") >= 490, document.toString());
        assertEquals(3, jobs(document).size());
    }

    @Test
    void theEndOfAJobMayEndAllThatRun() throws IOException {
        assertEquals(3, jobs(withSecondCutShort("exit_what=stonewall", "new_group")).size());
    }

    @Test
    void theEndOfAJobMayEndThoseThatAreToRunLater() throws IOException {
        assertEquals(2, jobs(withSecondCutShort("exit_what=all", "new_group")).size());
    }
}
