// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.bench;

import io.nvme4j.cli.console.OutputFile;
import io.nvme4j.cli.job.option.Settings;
import io.nvme4j.cli.report.CsvReport;
import io.nvme4j.cli.report.FioLogs;
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

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
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
            names = "--fio-logs",
            paramLabel = "<prefix>",
            description =
                    "Logs of fio's, for fio2gnuplot and fio_generate_plots: prefix_bw.1.log of the"
                            + " first job, prefix_iops.1.log, prefix_lat.1.log, ...")
    private @Nullable Path fioLogs;

    @Option(
            names = {"-L", "--latency", "--enable-sw-latency-tracking"},
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
        List<Path> files =
                Stream.of(output, report, csv, histogramLog, distribution, fioLogs)
                        .filter(Objects::nonNull)
                        .toList();
        files.forEach(OutputFile::check);
        Set<Path> different = new HashSet<>();
        for (Path file : files) {
            if (OutputFile.isPlain(file) && !different.add(OutputFile.target(file))) {
                throw new IllegalArgumentException(file + ": two outputs can't go to one file");
            }
        }
    }

    /**
     * Prints and writes. What can be written is, even if something else can't.
     *
     * @param out stdout
     * @param begin when the command began
     * @throws NvmeException if a file can't be written
     */
    void write(PrintWriter out, RunResult result, ZonedDateTime begin) {
        if (output == null) {
            print(out, result, begin);
        }
        Map<Path, Supplier<String>> files = new LinkedHashMap<>();
        put(files, output, () -> printed(writer -> print(writer, result, begin)));
        put(files, csv, () -> new CsvReport(result).document());
        put(files, histogramLog, () -> HistogramLogs.log(result));
        if (distribution != null) {
            files.putAll(HistogramLogs.distributions(result, distribution));
        }
        if (fioLogs != null) {
            files.putAll(new FioLogs(result).documents(fioLogs));
        }
        files.putAll(new FioLogs(result).documentsOfJobs());
        put(files, report, () -> new HtmlReport(result, begin).document());
        writeAll(files);
    }

    private static void put(
            Map<Path, Supplier<String>> files, @Nullable Path file, Supplier<String> text) {
        if (file != null) {
            files.put(file, text);
        }
    }

    private static String printed(Consumer<PrintWriter> print) {
        StringWriter text = new StringWriter();
        print.accept(new PrintWriter(text));
        return text.toString();
    }

    private static void writeAll(Map<Path, Supplier<String>> files) {
        List<String> failures = new ArrayList<>();
        files.forEach(
                (file, text) -> {
                    try {
                        OutputFile.write(file, text.get());
                    } catch (NvmeException e) {
                        failures.add(e.getMessage());
                    }
                });
        if (!failures.isEmpty()) {
            throw new NvmeException(String.join("; ", failures));
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
        if (csv != null || histogramLog != null || distribution != null || fioLogs != null) {
            throw new IllegalArgumentException(
                    "--csv, --hlog, --hgrm and --fio-logs are of one run, not of a sweep: use"
                            + " --report or --output-format=json");
        }
    }

    /**
     * Prints and writes a sweep.
     *
     * @param out stdout
     * @param begin when the command began
     * @throws NvmeException if a file can't be written
     */
    void writeSweep(PrintWriter out, List<SweepPoint> points, ZonedDateTime begin) {
        SweepReport sweep = new SweepReport(points);
        if (output == null) {
            printSweep(out, sweep);
        }
        Map<Path, Supplier<String>> files = new LinkedHashMap<>();
        put(files, output, () -> printed(writer -> printSweep(writer, sweep)));
        put(files, report, () -> new SweepPage(sweep, begin).document());
        writeAll(files);
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
