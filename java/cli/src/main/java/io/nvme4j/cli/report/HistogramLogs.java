// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.report;

import io.nvme4j.cli.job.workload.Direction;
import io.nvme4j.cli.result.Interval;
import io.nvme4j.cli.result.Measured;
import io.nvme4j.cli.result.RunResult;
import io.nvme4j.cli.text.VersionText;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A run's latencies in HdrHistogram's own files. Values are nanoseconds, from the intended start.
 */
public final class HistogramLogs {
    private static final double MICROSECOND = 1000;
    private static final int TICKS_PER_HALF_DISTANCE = 5;

    private HistogramLogs() {}

    /** The log's text: a line for each interval, tagged with the direction if there are several. */
    public static String log(RunResult result) {
        List<Interval> intervals = result.timeline().intervals();
        long first = intervals.isEmpty() ? System.nanoTime() : intervals.getFirst().begin();
        long begin =
                System.currentTimeMillis()
                        - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - first);
        boolean tagged = used(result).size() > 1;
        return text(
                stream -> {
                    HistogramLogWriter writer = new HistogramLogWriter(stream);
                    writer.outputComment(
                            "[Logged by nvme4j " + VersionText.version() + "; nanoseconds]");
                    writer.outputLogFormatVersion();
                    writer.outputStartTime(begin);
                    writer.outputBaseTime(begin);
                    writer.outputLegend();
                    for (Interval interval : intervals) {
                        write(writer, interval, first, tagged);
                    }
                });
    }

    private static void write(
            HistogramLogWriter writer, Interval interval, long first, boolean tagged) {
        for (Direction direction : Direction.values()) {
            if (interval.samples().get(direction.index()).count() > 0) {
                Histogram histogram = interval.samples().get(direction.index()).histogram();
                histogram.setTag(tagged ? FioReport.name(direction) : null);
                writer.outputIntervalHistogram(
                        (interval.begin() - first) / 1e9,
                        (interval.end() - first) / 1e9,
                        histogram,
                        MICROSECOND);
            }
        }
    }

    /** Directions that have commands. */
    private static List<Direction> used(RunResult result) {
        List<Measured> directions = result.total().directions();
        return Stream.of(Direction.values())
                .filter(direction -> directions.get(direction.index()).count() > 0)
                .toList();
    }

    /**
     * The distributions of the whole run, in microseconds, by their files: that file, or one of
     * each direction where there are several.
     */
    public static Map<Path, Supplier<String>> distributions(RunResult result, Path file) {
        List<Direction> used = used(result);
        if (used.size() < 2) {
            Histogram all = FioReport.allDirections(result.total());
            return Map.of(file, () -> distribution(all));
        }
        Map<Path, Supplier<String>> files = new LinkedHashMap<>();
        for (Direction direction : used) {
            Measured measured = result.total().directions().get(direction.index());
            files.put(
                    named(file, FioReport.name(direction)),
                    () -> distribution(measured.total().histogram()));
        }
        return files;
    }

    private static String distribution(Histogram histogram) {
        return text(
                stream ->
                        histogram.outputPercentileDistribution(
                                stream, TICKS_PER_HALF_DISTANCE, MICROSECOND));
    }

    /** Such as run.read.hgrm of run.hgrm. */
    private static Path named(Path file, String direction) {
        String name = String.valueOf(file.getFileName());
        int dot = name.lastIndexOf('.') > 0 ? name.lastIndexOf('.') : name.length();
        return file.resolveSibling(name.substring(0, dot) + "." + direction + name.substring(dot));
    }

    private static String text(Consumer<PrintStream> writer) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream stream = new PrintStream(bytes, false, StandardCharsets.UTF_8)) {
            writer.accept(stream);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
