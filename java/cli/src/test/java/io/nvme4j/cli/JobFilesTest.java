// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Job files of every kind: each runs for a moment, and reports what fio would. */
class JobFilesTest {
    private static final Path DIRECTORY = Path.of("src/test/resources/jobs");

    /** These name their devices themselves. */
    private static final Set<String> OWN_DEVICES =
            Set.of("own-engine.fio", "spdk-plugin.fio", "null.fio");

    /** These end by themselves, some time. */
    private static final Set<String> OWN_END = Set.of("steady-state.fio", "latency-profile.fio");

    private static final String RUN_TIME = System.getProperty("nvme4j.jobs.runtime", "150ms");

    static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(DIRECTORY)) {
            return files.filter(file -> file.toString().endsWith(".fio")).sorted().toList();
        }
    }

    /** Fio itself has the engines of these. */
    static List<Path> filesForAnyEngine() throws IOException {
        return files().stream()
                .filter(file -> !OWN_DEVICES.contains(file.getFileName().toString()))
                .toList();
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
            check(document, "jobs." + i + ".");
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

    private static void check(Map<String, Object> document, String job) {
        assertEquals(0, Cli.numberAt(document, job + "error"));
        assertEquals(0, Cli.numberAt(document, job + "total_err"));
        String rw = (String) Cli.at(document, job + "job options.rw");
        double all = 0;
        for (String direction : List.of("read", "write", "trim")) {
            double ios = Cli.numberAt(document, job + direction + ".total_ios");
            all += ios;
            boolean reads = rw.contains("read") || rw.endsWith("rw");
            boolean writes = rw.contains("write") || rw.endsWith("rw");
            boolean has =
                    switch (direction) {
                        case "read" -> reads;
                        case "write" -> writes;
                        default -> rw.contains("trim");
                    };
            assertTrue(has || ios == 0, direction + " of " + rw);
        }
        assertTrue(all > 0, job + " did nothing");
    }

    /** What fio itself thinks of them. */
    @ParameterizedTest
    @MethodSource("filesForAnyEngine")
    void fioReadsThemToo(Path file) throws Exception {
        Process fio;
        try {
            fio =
                    new ProcessBuilder("fio", "--parse-only", file.toString())
                            .redirectErrorStream(true)
                            .start();
        } catch (IOException e) {
            assumeTrue(false, "fio is not installed");
            return;
        }
        String said = new String(fio.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, fio.waitFor(), said);
    }
}
