// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.report;

import io.nvme4j.cli.job.Direction;
import io.nvme4j.cli.result.Interval;
import io.nvme4j.cli.result.Measured;
import io.nvme4j.cli.result.RunResult;
import io.nvme4j.cli.text.VersionText;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.stream.Stream;

/**
 * A run's latencies in HdrHistogram's own files. Values are nanoseconds, from the intended start.
 */
public final class HistogramLogs {
    private static final double MICROSECOND = 1000;
    private static final int TICKS_PER_HALF_DISTANCE = 5;

    private HistogramLogs() {}

    /**
     * Writes the log: a line for each interval, tagged with the direction.
     *
     * @param begin when the command began
     */
    public static void writeLog(RunResult result, ZonedDateTime begin, Path file)
            throws IOException {
        List<Interval> intervals = result.timeline().intervals();
        long first = intervals.isEmpty() ? 0 : intervals.getFirst().begin();
        try (PrintStream stream = stream(file)) {
            HistogramLogWriter writer = new HistogramLogWriter(stream);
            writer.outputComment("[Logged by nvme4j " + VersionText.version() + "; nanoseconds]");
            writer.outputLogFormatVersion();
            writer.outputStartTime(begin.toInstant().toEpochMilli());
            writer.outputBaseTime(begin.toInstant().toEpochMilli());
            writer.outputLegend();
            for (Interval interval : intervals) {
                for (Direction direction : Direction.values()) {
                    if (interval.samples().get(direction.index()).count() > 0) {
                        write(writer, interval, first, direction);
                    }
                }
            }
        }
    }

    private static void write(
            HistogramLogWriter writer, Interval interval, long first, Direction direction) {
        Histogram histogram = interval.samples().get(direction.index()).histogram();
        histogram.setTag(FioReport.name(direction));
        writer.outputIntervalHistogram(
                (interval.begin() - first) / 1e9,
                (interval.end() - first) / 1e9,
                histogram,
                MICROSECOND);
    }

    /** Writes the distribution of the whole run, in microseconds. */
    public static void writeDistributions(RunResult result, Path file) throws IOException {
        List<Measured> directions = result.total().directions();
        List<Direction> used =
                Stream.of(Direction.values())
                        .filter(direction -> directions.get(direction.index()).count() > 0)
                        .toList();
        for (Direction direction : used) {
            Path own = used.size() == 1 ? file : named(file, FioReport.name(direction));
            try (PrintStream stream = stream(own)) {
                directions
                        .get(direction.index())
                        .total()
                        .histogram()
                        .outputPercentileDistribution(stream, TICKS_PER_HALF_DISTANCE, MICROSECOND);
            }
        }
    }

    /** Such as run.read.hgrm of run.hgrm. */
    private static Path named(Path file, String direction) {
        String name = String.valueOf(file.getFileName());
        int dot = name.lastIndexOf('.') > 0 ? name.lastIndexOf('.') : name.length();
        return file.resolveSibling(name.substring(0, dot) + "." + direction + name.substring(dot));
    }

    private static PrintStream stream(Path file) throws IOException {
        return new PrintStream(Files.newOutputStream(file), false, StandardCharsets.UTF_8);
    }
}
