// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.report;

import io.nvme4j.cli.job.workload.Direction;
import io.nvme4j.cli.result.Interval;
import io.nvme4j.cli.result.RunResult;
import io.nvme4j.cli.result.Sample;

import org.HdrHistogram.Histogram;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * How a run went, as comma-separated values: a row for each interval, job and direction. Latencies
 * count from the intended start.
 */
public final class CsvReport {
    private static final String HEAD =
            "begin_s,end_s,job,direction,ios,iops,bytes_per_s,mean_us,p50_us,p90_us,p99_us,p99.9_us,max_us\n";
    private static final double[] PERCENTAGES = {50, 90, 99, 99.9, 100};

    private final RunResult result;
    private final StringBuilder text = new StringBuilder(HEAD);

    public CsvReport(RunResult result) {
        this.result = result;
    }

    /** The file's text. */
    public String document() {
        List<Interval> all = result.timeline().intervals();
        long begin = all.isEmpty() ? 0 : all.getFirst().begin();
        for (RunResult.ThreadResult thread : result.reported()) {
            List<Direction> directions = directions(thread);
            for (Interval interval : thread.timeline().intervals()) {
                directions.forEach(direction -> add(thread, direction, interval, begin));
            }
        }
        return text.toString();
    }

    /** Of a group, whose job is its first, the others may have other directions. */
    private static List<Direction> directions(RunResult.ThreadResult thread) {
        RunResult.Row total = thread.total();
        return Stream.of(Direction.values())
                .filter(
                        direction ->
                                thread.job().measures(direction)
                                        || total.directions().get(direction.index()).count() > 0)
                .toList();
    }

    private void add(
            RunResult.ThreadResult thread, Direction direction, Interval interval, long begin) {
        int index = direction.index();
        append((interval.begin() - begin) / 1e9, 6);
        append((interval.end() - begin) / 1e9, 6);
        text.append(quoted(thread.job().name())).append(',');
        text.append(FioReport.name(direction)).append(',');
        text.append(interval.samples().get(index).count()).append(',');
        append(interval.iops(index), 1);
        append(interval.bytesPerSecond(index), 0);
        appendLatencies(interval.samples().get(index));
    }

    private static String quoted(String name) {
        return name.matches("[^\",\\r\\n]*") ? name : '"' + name.replace("\"", "\"\"") + '"';
    }

    /** Empty where there are none. */
    private void appendLatencies(Sample sample) {
        if (sample.count() == 0) {
            text.append(",".repeat(PERCENTAGES.length)).append('\n');
            return;
        }
        Histogram histogram = sample.histogram();
        append(histogram.getMean() / 1000, 3);
        for (double percentage : PERCENTAGES) {
            append(histogram.getValueAtPercentile(percentage) / 1000.0, 3);
        }
        text.setCharAt(text.length() - 1, '\n');
    }

    private void append(double value, int decimals) {
        text.append(String.format(Locale.ROOT, "%." + decimals + "f,", value));
    }
}
