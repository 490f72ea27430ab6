// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.cli.Cli;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Against the keys and kinds of values that fio 3.33 writes, as recorded in fio-keys.txt. */
class FioKeysTest {
    private static final int TERSE_FIELDS = 5 + 2 * 41 + 5 + 7 + 10 + 12;

    private static Map<String, String> recorded() throws IOException {
        try (InputStream stream =
                Objects.requireNonNull(FioKeysTest.class.getResourceAsStream("fio-keys.txt"))) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .collect(
                            Collectors.toMap(
                                    line -> line.substring(line.indexOf(' ') + 1),
                                    line -> line.substring(0, line.indexOf(' '))));
        }
    }

    /** Paths to values that are no documents, and the kinds of the values. */
    private static void walk(Object value, String path, Map<String, String> kinds) {
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, child) -> walk(child, path + "/" + key, kinds));
        } else if (value instanceof List<?> list) {
            list.forEach(child -> walk(child, path + "/0", kinds));
        } else {
            kinds.put(path, value instanceof String ? "text" : "number");
        }
    }

    private static Map<String, Object> run(String format) {
        return Cli.run(
                        "bench",
                        "-r",
                        "trtype:EMBEDDED size:1M",
                        "-w",
                        "randrw",
                        "-t",
                        "1",
                        "-a",
                        "0",
                        "--output-format",
                        format)
                .assertOk()
                .json();
    }

    @Test
    void everyKeyOfFiosIsThere() throws IOException {
        Map<String, String> kinds = new TreeMap<>();
        walk(run("json"), "", kinds);
        Map<String, String> expected = new TreeMap<>(recorded());
        Set<String> missing = new java.util.TreeSet<>(expected.keySet());
        missing.removeAll(kinds.keySet());
        assertEquals(Set.of(), missing);
        expected.forEach((key, kind) -> assertEquals(kind, kinds.get(key), key));
    }

    @Test
    void binsHoldEveryCommand() {
        Map<String, Object> document = run("json+");
        for (String direction : List.of("read", "write")) {
            String path = "jobs.0." + direction + ".clat_ns.";
            Map<?, ?> bins = (Map<?, ?>) Cli.at(document, path + "bins");
            long sum = bins.values().stream().mapToLong(n -> ((Number) n).longValue()).sum();
            assertEquals(Cli.numberAt(document, path + "N"), (double) sum);
        }
    }

    @Test
    void classesOfLatencyAddUpToAll() {
        Map<String, Object> document = run("json");
        double sum = 0;
        for (String unit : List.of("latency_ns", "latency_us", "latency_ms")) {
            Map<?, ?> classes = (Map<?, ?>) Cli.at(document, "jobs.0." + unit);
            sum += classes.values().stream().mapToDouble(n -> ((Number) n).doubleValue()).sum();
        }
        assertEquals(100, sum, 0.01);
        Map<?, ?> levels = (Map<?, ?>) Cli.at(document, "jobs.0.iodepth_level");
        assertEquals(
                100,
                levels.values().stream().mapToDouble(n -> ((Number) n).doubleValue()).sum(),
                1);
    }

    @Test
    void terseLinesHaveFiosFields() {
        String line =
                Cli.run(
                                "bench",
                                "-r",
                                "trtype:EMBEDDED size:1M",
                                "-t",
                                "1",
                                "-a",
                                "0",
                                "--output-format=terse")
                        .assertOk()
                        .out()
                        .strip();
        String[] fields = line.split(";", -1);
        assertEquals(TERSE_FIELDS, fields.length, line);
        assertEquals("3", fields[0]);
        assertEquals("randread", fields[2]);
        double iops = Double.parseDouble(fields[7]);
        assertEquals(iops * 4, Double.parseDouble(fields[6]), 5);
        assertTrue(fields[17].startsWith("1.000000%="), fields[17]);
        assertTrue(fields[87].endsWith("%"), fields[87]);
    }
}
