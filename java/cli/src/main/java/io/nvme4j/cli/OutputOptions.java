// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

import io.nvme4j.cli.job.Settings;
import io.nvme4j.cli.report.CsvReport;
import io.nvme4j.cli.report.FioReport;
import io.nvme4j.cli.report.HistogramLogs;
import io.nvme4j.cli.report.HtmlReport;
import io.nvme4j.cli.report.TerseReport;
import io.nvme4j.cli.report.TextReport;
import io.nvme4j.cli.result.RunResult;
import io.nvme4j.cli.sweep.SweepPage;
import io.nvme4j.cli.sweep.SweepPoint;
import io.nvme4j.cli.sweep.SweepReport;
import io.nvme4j.error.NvmeException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** What becomes of a benchmark's result: what is printed, and which files are written. */
final class OutputOptions {
    @Option(
            names = "--output-format",
            paramLabel = "<format>",
            converter = ReportFormat.Converter.class,
            description =
                    "normal: tables. json, json+ (with distributions), terse (version 3): in the"
                            + " shape of fio's. Default: normal")
    private ReportFormat format = ReportFormat.NORMAL;

    @Option(
            names = "--output",
            paramLabel = "<file>",
            description = "Where that is written. Default: stdout")
    private @Nullable Path output;

    @Option(
            names = "--report",
            paramLabel = "<file.html>",
            description =
                    "One page with plots: IOPS and latency over time, distribution, heat map,"
                            + " settings, machine; of a sweep, both against depth, and the knee")
    private @Nullable Path report;

    @Option(
            names = "--csv",
            paramLabel = "<file.csv>",
            description = "IOPS, bandwidth and latency of each job in each interval")
    private @Nullable Path csv;

    @Option(
            names = "--hlog",
            paramLabel = "<file.hlog>",
            description = "HdrHistogram's log: a histogram of each interval and direction")
    private @Nullable Path histogramLog;

    @Option(
            names = "--hgrm",
            paramLabel = "<file.hgrm>",
            description =
                    "HdrHistogram's percentile distribution; where there are several directions, a"
                            + " file of each, such as file.read.hgrm")
    private @Nullable Path distribution;

    @Option(
            names = {"-L", "--latency"},
            description =
                    "Tracks latency: splits it into waiting, device and callback, and prints more"
                            + " percentiles. -LL: prints its histogram too")
    private boolean[] latency = {};

    OutputOptions() {}

    /** Adds what is part of a job. */
    void addTo(Settings job) {
        if (latency.length > 0) {
            job.put("track_latency", "1", "-L");
        }
    }

    /**
     * Checks, before anything is measured, that files can be written.
     *
     * @throws IllegalArgumentException if one can't; the message names it
     */
    void check() {
        Stream.of(output, report, csv, histogramLog, distribution)
                .filter(Objects::nonNull)
                .forEach(OutputOptions::check);
    }

    private static void check(Path file) {
        Path directory = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file) || directory == null) {
            throw new IllegalArgumentException(file + " is a directory: name a file in it");
        }
        if (!Files.isDirectory(directory)) {
            throw new IllegalArgumentException(
                    file + " can't be written: there is no directory " + directory);
        }
        if (!Files.isWritable(Files.exists(file) ? file : directory)) {
            throw new IllegalArgumentException(file + " can't be written: no permission");
        }
    }

    /**
     * Prints and writes.
     *
     * @param out stdout
     * @param begin when the command began
     * @throws NvmeException if a file can't be written
     */
    void write(PrintWriter out, RunResult result, ZonedDateTime begin) {
        try {
            if (output == null) {
                print(out, result, begin);
            } else {
                try (PrintWriter file = new PrintWriter(output.toFile(), StandardCharsets.UTF_8)) {
                    print(file, result, begin);
                }
            }
            if (csv != null) {
                Files.writeString(csv, new CsvReport(result).document());
            }
            if (histogramLog != null) {
                HistogramLogs.writeLog(result, begin, histogramLog);
            }
            if (distribution != null) {
                HistogramLogs.writeDistributions(result, distribution);
            }
            if (report != null) {
                Files.writeString(report, new HtmlReport(result, begin).document());
            }
        } catch (IOException e) {
            throw new NvmeException("the result can't be written: " + e);
        }
    }

    private void print(PrintWriter writer, RunResult result, ZonedDateTime begin) {
        switch (format) {
            case NORMAL -> TextReport.print(writer, result, latency.length);
            case JSON -> writer.println(new FioReport(result, begin, false).document());
            case JSON_PLUS -> writer.println(new FioReport(result, begin, true).document());
            case TERSE -> writer.println(new TerseReport(result).document());
        }
        writer.flush();
    }

    /**
     * Checks that nothing was asked for that a sweep does not have.
     *
     * @throws IllegalArgumentException if it was; the message names it
     */
    void checkSweep() {
        if (csv != null || histogramLog != null || distribution != null) {
            throw new IllegalArgumentException(
                    "--csv, --hlog and --hgrm are of one run, not of a sweep: use --report or"
                            + " --output-format=json");
        }
    }

    /**
     * Prints and writes a sweep.
     *
     * @param out stdout
     * @throws NvmeException if a file can't be written
     */
    void writeSweep(PrintWriter out, List<SweepPoint> points) {
        SweepReport sweep = new SweepReport(points);
        try {
            if (output == null) {
                printSweep(out, sweep);
            } else {
                try (PrintWriter file = new PrintWriter(output.toFile(), StandardCharsets.UTF_8)) {
                    printSweep(file, sweep);
                }
            }
            if (report != null) {
                Files.writeString(report, new SweepPage(sweep).document());
            }
        } catch (IOException e) {
            throw new NvmeException("the result can't be written: " + e);
        }
    }

    private void printSweep(PrintWriter out, SweepReport sweep) {
        if (format == ReportFormat.NORMAL) {
            sweep.print(out);
        } else {
            out.println(sweep.document());
        }
        out.flush();
    }
}
