// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.cli.Cli;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Job files of every kind: each runs for a moment, and reports what fio would. */
class JobFilesTest {
    private static final Path DIRECTORY = Path.of("src/test/resources/jobs");

    /** These name their devices themselves. */
    private static final Set<String> OWN_DEVICES =
            Set.of("own-engine.fio", "spdk-plugin.fio", "null.fio");

    /** These end by themselves, some time. */
    private static final Set<String> OWN_END = Set.of("steady-state.fio", "latency-profile.fio");

    /** The first job ends the others, which may not have begun by then. */
    private static final Set<String> ENDED_BY_OTHERS = Set.of("exit-together.fio", "exit-what.fio");

    @TempDir Path directory;

    private static final String RUN_TIME = System.getProperty("nvme4j.jobs.runtime", "150ms");

    static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(DIRECTORY)) {
            return files.filter(file -> file.toString().endsWith(".fio")).sorted().toList();
        }
    }

    @Test
    void thereAreMany() throws IOException {
        assertTrue(files().size() >= 40);
    }

    @ParameterizedTest
    @MethodSource("files")
    void runsAndReportsAsFioDoes(Path file) throws IOException {
        String name = file.getFileName().toString();
        List<String> arguments = new ArrayList<>(List.of("bench", file.toString()));
        arguments.addAll(List.of("--output-format=json", "--set", "ramp_time=0"));
        if (!OWN_DEVICES.contains(name)) {
            arguments.addAll(List.of("-r", "trtype:EMBEDDED"));
        }
        if (!OWN_END.contains(name)) {
            arguments.addAll(List.of("--set", "runtime=" + RUN_TIME));
        }
        Cli.Result result = Cli.run(arguments.toArray(String[]::new)).assertOk();
        Map<String, Object> document = result.json();
        List<?> jobs = (List<?>) Cli.at(document, "jobs");
        List<String> text = Files.readAllLines(file);
        assertEquals(expectedJobs(text), jobs.size(), result.out());
        for (int i = 0; i < jobs.size(); i++) {
            double ios = check(document, "jobs." + i + ".");
            boolean mayBeEnded = i > 0 && ENDED_BY_OTHERS.contains(name);
            assertTrue(ios > 0 || mayBeEnded, "job " + i + " did nothing");
        }
    }

    /** One for each copy of each section, or for each group where groups are reported. */
    private static int expectedJobs(List<String> lines) {
        int sections = 0;
        int copies = 0;
        int globalCopies = 1;
        int groups = 1;
        boolean grouped = false;
        boolean inGlobal = false;
        List<Integer> numjobs = new ArrayList<>();
        for (String line : lines) {
            if (line.startsWith("[")) {
                inGlobal = line.equals("[global]");
                if (!inGlobal) {
                    sections++;
                    numjobs.add(globalCopies);
                }
            } else if (line.startsWith("numjobs=")) {
                int value = Integer.parseInt(line.substring("numjobs=".length()));
                if (inGlobal) {
                    globalCopies = value;
                } else {
                    numjobs.set(sections - 1, value);
                }
            } else if (line.startsWith("group_reporting")) {
                grouped = true;
            } else if ((line.equals("stonewall") || line.equals("new_group")) && sections > 1) {
                groups++;
            }
        }
        for (int each : numjobs) {
            copies += each;
        }
        return grouped ? groups : copies;
    }

    /** Returns the number of I/Os. */
    private static double check(Map<String, Object> document, String job) {
        assertEquals(0, Cli.numberAt(document, job + "error"));
        assertEquals(0, Cli.numberAt(document, job + "total_err"));
        String rw = (String) Cli.at(document, job + "job options.rw");
        double all = 0;
        for (String direction : List.of("read", "write", "trim")) {
            double ios = Cli.numberAt(document, job + direction + ".total_ios");
            all += ios;
            boolean verifies =
                    ((Map<?, ?>) Cli.at(document, job + "job options")).containsKey("verify");
            boolean reads = rw.contains("read") || rw.endsWith("rw") || verifies;
            boolean writes = rw.contains("write") || rw.endsWith("rw");
            boolean has =
                    switch (direction) {
                        case "read" -> reads;
                        case "write" -> writes;
                        default -> rw.contains("trim");
                    };
            assertTrue(has || ios == 0, direction + " of " + rw);
        }
        return all;
    }

    /** What fio itself reports of them, by an engine that needs no device. */
    @ParameterizedTest
    @MethodSource("files")
    void documentHasWhatFiosHas(Path file) throws Exception {
        Path adapted = adapted(file);
        Map<String, Object> expected = Fio.document(directory, adapted.getFileName().toString());
        List<String> own = new ArrayList<>(List.of("bench", adapted.toString()));
        own.addAll(List.of("-r", "trtype:EMBEDDED", "--output-format=json"));
        Map<String, Object> document = Cli.run(own.toArray(String[]::new)).assertOk().json();
        assertEquals(names(expected), names(document));
        Set<String> missing = new TreeSet<>(keys(Cli.at(expected, "jobs")));
        missing.removeAll(keys(Cli.at(document, "jobs")));
        assertEquals(Set.of(), missing);
    }

    private static List<Object> names(Map<String, Object> document) {
        return ((List<?>) Cli.at(document, "jobs"))
                .stream().map(job -> Cli.at(job, "jobname")).toList();
    }

    /** Paths to all values but those of options, which are as they were given. */
    private static Set<String> keys(Object value) {
        Set<String> keys = new TreeSet<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach(
                    (key, child) -> {
                        if (!key.equals("job options")) {
                            keys(child).forEach(path -> keys.add(key + "/" + path));
                        }
                    });
        } else if (value instanceof List<?> list) {
            list.forEach(child -> keys.addAll(keys(child)));
        } else {
            keys.add("");
        }
        return keys;
    }

    /** For a moment only, and on what there is everywhere. */
    private Path adapted(Path file) throws IOException {
        String name = file.getFileName().toString();
        String text = Files.readString(file);
        String engine = text.contains("verify=") ? "psync" : "null";
        String end = OWN_END.contains(name) ? "runtime=3\ntime_based\n" : "runtime=100ms\n";
        String head = "[global]\nsize=64m\nioengine=" + engine + "\n" + end;
        String body =
                text.replaceAll(
                        "(?m)^(ioengine|filename|direct|cpus_allowed.*|runtime|timeout|ramp_time"
                                + "|startdelay|time_based|io_submit_mode|verify=0)\\b.*\\R",
                        "");
        // What has no size has no percentage of it.
        body = body.replaceAll("(?m)^size=\\d+%", "size=6m");
        if (text.contains("include ")) {
            Files.copy(DIRECTORY.resolve("common.inc"), directory.resolve("common.inc"));
        }
        return Files.writeString(directory.resolve(name), head + body);
    }
}
