// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.cli.Cli;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Files that have a line for each interval, of jobs in one reporting group. */
class IntervalFilesTest {
    private static final String JOBS =
            """
            [global]
            runtime=1
            time_based
            iodepth=4
            group_reporting
            [reader]
            rw=randread
            [writer]
            rw=randwrite
            """;

    @TempDir private Path directory;

    private Map<String, Object> run() throws IOException {
        Path jobs = Files.writeString(directory.resolve("two.fio"), JOBS);
        return Cli.run(
                        "bench",
                        jobs.toString(),
                        "-r",
                        "trtype:EMBEDDED size:1M",
                        "--output-format=json",
                        "--csv",
                        directory.resolve("x.csv").toString(),
                        "--fio-logs",
                        directory.resolve("x").toString())
                .assertOk()
                .json();
    }

    @Test
    void everyCommandIsCounted() throws IOException {
        Map<String, Object> document = run();
        List<String> rows = Files.readAllLines(directory.resolve("x.csv"));
        for (String direction : List.of("read", "write")) {
            long ios =
                    rows.stream()
                            .map(row -> row.split(",", -1))
                            .filter(cells -> cells[3].equals(direction))
                            .mapToLong(cells -> Long.parseLong(cells[4]))
                            .sum();
            String path = "jobs.0." + direction + ".total_ios";
            assertEquals(Cli.numberAt(document, path), (double) ios, direction);
        }
        checkLogs(document);
    }

    /** Time, value, direction, block size, offset. */
    private void checkLogs(Map<String, Object> document) throws IOException {
        for (int thread = 1; thread <= 2; thread++) {
            for (String quantity : List.of("bw", "iops", "lat", "clat", "slat")) {
                Path log = directory.resolve("x_" + quantity + "." + thread + ".log");
                long before = 0;
                for (String line : Files.readAllLines(log)) {
                    String[] fields = line.split(", ", -1);
                    assertEquals(5, fields.length, line);
                    assertTrue(Long.parseLong(fields[0]) > before, line);
                    assertEquals(Integer.toString(thread - 1), fields[2], line);
                    before = Long.parseLong(fields[0]);
                }
                assertTrue(before > 0, log + " is empty");
            }
        }
        double logged =
                Files.readAllLines(directory.resolve("x_bw.1.log")).stream()
                        .mapToLong(line -> Long.parseLong(line.split(", ", -1)[1]))
                        .average()
                        .orElseThrow();
        double reported = Cli.numberAt(document, "jobs.0.read.bw_mean");
        assertEquals(reported, logged, reported * 0.5);
    }
}
