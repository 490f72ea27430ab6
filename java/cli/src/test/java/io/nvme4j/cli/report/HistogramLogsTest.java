// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.cli.Cli;

import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** The files, as HdrHistogram's own reader finds them. */
class HistogramLogsTest {
    @TempDir private Path directory;

    @Test
    void readersFindWhatTheReportSays() throws IOException {
        Path log = directory.resolve("run.hlog");
        Path distribution = directory.resolve("run.hgrm");
        Map<String, Object> document =
                Cli.run(
                                "bench",
                                "-r",
                                "trtype:EMBEDDED size:1M",
                                "-w",
                                "randrw",
                                "-t",
                                "1",
                                "-a",
                                "0",
                                "--output-format=json",
                                "--hlog",
                                log.toString(),
                                "--hgrm",
                                distribution.toString())
                        .assertOk()
                        .json();
        Map<String, Histogram> totals = new HashMap<>();
        try (HistogramLogReader reader = new HistogramLogReader(log.toFile())) {
            while (reader.hasNext()) {
                EncodableHistogram interval = reader.nextIntervalHistogram();
                totals.computeIfAbsent(
                                String.valueOf(interval.getTag()),
                                tag ->
                                        new Histogram(
                                                ((Histogram) interval)
                                                        .getNumberOfSignificantValueDigits()))
                        .add((Histogram) interval);
            }
        }
        for (String direction : new String[] {"read", "write"}) {
            Histogram total = Objects.requireNonNull(totals.get(direction), direction);
            String path = "jobs.0." + direction + ".";
            assertEquals(
                    Cli.numberAt(document, path + "total_ios"), (double) total.getTotalCount());
            double mean = Cli.numberAt(document, path + "clat_ns.mean");
            assertEquals(mean, total.getMean(), mean * 0.01);
            Path own = directory.resolve("run." + direction + ".hgrm");
            String text = Files.readString(own);
            assertTrue(text.contains("#[Mean") && text.contains("1/(1-Percentile)"), text);
        }
    }
}
