// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.TransportId;

import org.junit.jupiter.api.Test;

import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;

class FioReportTest {
    private static final long SECOND = 1_000_000_000;

    private static Map<String, Object> report(Latencies reads, Latencies writes, String failure) {
        BenchSettings settings =
                new BenchSettings(Workload.randrw, 70, 4096, 8, 2, 1, List.of(0, 1));
        List<RunResult.Row> rows =
                List.of(
                        new RunResult.Row("one", reads, new Latencies()),
                        new RunResult.Row("two", new Latencies(), writes));
        RunResult result =
                new RunResult(
                        settings,
                        List.of("a controller"),
                        rows,
                        2 * SECOND,
                        SECOND,
                        SECOND / 2,
                        failure.isEmpty() ? 0 : 1,
                        failure,
                        0);
        ZonedDateTime begin = ZonedDateTime.of(2026, 1, 2, 3, 4, 5, 0, ZoneOffset.UTC);
        return Cli.json(new FioReport(result, begin).document(List.of(TransportId.EMBEDDED)));
    }

    private static Latencies upTo(int count) {
        Latencies latencies = new Latencies();
        for (int i = 1; i <= count; i++) {
            latencies.record(i);
        }
        return latencies;
    }

    @Test
    void hasFiosFields() {
        Map<String, Object> document = report(upTo(1000), upTo(10), "");
        assertEquals(4_096_000.0, Cli.numberAt(document, "jobs.0.read.io_bytes"));
        assertEquals(4000.0, Cli.numberAt(document, "jobs.0.read.io_kbytes"));
        assertEquals(2_048_000.0, Cli.numberAt(document, "jobs.0.read.bw_bytes"));
        assertEquals(2000.0, Cli.numberAt(document, "jobs.0.read.bw"));
        assertEquals(500.0, Cli.numberAt(document, "jobs.0.read.iops"));
        assertEquals(2000.0, Cli.numberAt(document, "jobs.0.read.runtime"));
        assertEquals(1.0, Cli.numberAt(document, "jobs.0.read.clat_ns.min"));
        assertEquals(1000.0, Cli.numberAt(document, "jobs.0.read.clat_ns.max"));
        assertEquals(500.5, Cli.numberAt(document, "jobs.0.read.clat_ns.mean"));
        assertEquals(10.0, Cli.numberAt(document, "jobs.0.write.total_ios"));
        assertEquals(0.0, Cli.numberAt(document, "jobs.0.trim.total_ios"));
        assertEquals(50.0, Cli.numberAt(document, "jobs.0.usr_cpu"));
        assertEquals(25.0, Cli.numberAt(document, "jobs.0.sys_cpu"));
        assertEquals("70", Cli.at(document, "jobs.0.job options.rwmixread"));
        assertEquals("0,1", Cli.at(document, "jobs.0.job options.cpus_allowed"));
        assertTrue(document.containsKey("timestamp"));
    }

    @Test
    void percentilesAreNamedAsFioNamesThem() {
        Map<?, ?> percentiles =
                (Map<?, ?>)
                        Cli.at(report(upTo(1000), upTo(1), ""), "jobs.0.read.clat_ns.percentile");
        assertEquals(17, percentiles.size());
        assertEquals(10, percentiles.get("1.000000"));
        assertEquals(500, percentiles.get("50.000000"));
        assertEquals(1000, percentiles.get("99.990000"));
    }

    @Test
    void failureIsInTheDocument() {
        Map<String, Object> document = report(upTo(1), upTo(1), "it broke");
        assertEquals(5.0, Cli.numberAt(document, "jobs.0.error"));
        assertEquals("it broke", Cli.at(document, "jobs.0.error_text"));
    }

    @Test
    void largeNumbersHaveNoExponent() {
        assertEquals("12345678.900000", Json.number(1.23456789e7).toString());
        assertEquals("0.000000", Json.number(0).toString());
    }
}
