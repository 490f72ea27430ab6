// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;

import io.nvme4j.TransportId;
import io.nvme4j.cli.Cli;
import io.nvme4j.cli.job.Job;
import io.nvme4j.cli.job.option.Setting;
import io.nvme4j.cli.job.option.Settings;
import io.nvme4j.cli.job.read.JobReader;
import io.nvme4j.cli.result.Depths;
import io.nvme4j.cli.result.Measured;
import io.nvme4j.cli.result.RunResult;
import io.nvme4j.cli.result.ThreadCounters;
import io.nvme4j.cli.result.Timeline;
import io.nvme4j.cli.text.Json;

import org.junit.jupiter.api.Test;

import java.lang.management.ManagementFactory;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

class FioReportTest {
    private static final long SECOND = 1_000_000_000;

    private static Map<String, Object> report(Measured reads, Measured writes, String failure) {
        List<RunResult.Row> rows =
                List.of(
                        new RunResult.Row("one", reads, new Measured(false), Measured.NONE),
                        new RunResult.Row("two", new Measured(false), writes, Measured.NONE));
        return Cli.json(report(List.of(thread(rows, failure.isEmpty() ? 0 : 1)), failure));
    }

    private static String report(List<RunResult.ThreadResult> threads, String failure) {
        RunResult result =
                new RunResult(
                        List.of(TransportId.EMBEDDED),
                        List.of("a controller"),
                        threads,
                        failure,
                        0,
                        List.of());
        ZonedDateTime begin = ZonedDateTime.of(2026, 1, 2, 3, 4, 5, 0, ZoneOffset.UTC);
        return new FioReport(result, begin, false).document();
    }

    private static RunResult.ThreadResult thread(List<RunResult.Row> rows, int errors) {
        return new RunResult.ThreadResult(
                job(),
                0,
                0,
                rows,
                0,
                2 * SECOND,
                0,
                SECOND,
                SECOND / 2,
                errors,
                -1,
                new Timeline(),
                new Depths(1),
                Measured.NONE,
                ThreadCounters.NONE,
                Map.of());
    }

    private static Job job() {
        List<String> problems = new ArrayList<>();
        Settings settings = new Settings(problems);
        for (String option : "rw=randrw rwmixread=70 bs=4k iodepth=8 runtime=2".split(" ", -1)) {
            settings.put(Setting.of(option));
        }
        Job job = JobReader.read(settings, List.of());
        assertEquals(List.of(), problems);
        return job;
    }

    private static Measured upTo(int count) {
        Measured measured = new Measured(false);
        for (int i = 1; i <= count; i++) {
            measured.record(i, 4096);
        }
        return measured;
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
        assertTrue(document.containsKey("timestamp"));
    }

    /** A histogram takes a quarter of a MiB: made anew for each pair of jobs, they take seconds. */
    @Test
    void aJobsReportTakesNoMoreMemoryWhereThereAreManyJobs() {
        reportMemory(2); // classes are loaded
        long few = reportMemory(4) / 4;
        long many = reportMemory(32) / 32;
        assertTrue(many < 2 * few, many + " bytes for each of many jobs, " + few + " of a few");
    }

    private static long reportMemory(int jobs) {
        List<RunResult.ThreadResult> threads =
                Stream.generate(() -> new RunResult.Row("one", upTo(10), upTo(10), Measured.NONE))
                        .limit(jobs)
                        .map(row -> thread(List.of(row), 0))
                        .toList();
        ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = memory.getCurrentThreadAllocatedBytes();
        assertTrue(report(threads, "").length() > 0);
        return memory.getCurrentThreadAllocatedBytes() - before;
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
