// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.report;

import io.nvme4j.cli.job.Job;
import io.nvme4j.cli.job.workload.Direction;
import io.nvme4j.cli.result.Interval;
import io.nvme4j.cli.result.RunResult;
import io.nvme4j.cli.result.Sample;

import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * How a run went, as fio's logs with averages (its log_avg_msec), which its plotting tools read: a
 * file for each thread and quantity, a line for each interval and direction.
 */
public final class FioLogs {
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final int KIBI = 1024;

    /** What a log has of an interval and a direction. */
    private interface Quantity {
        long of(Interval interval, int direction);
    }

    private static final Map<String, Quantity> QUANTITIES = new LinkedHashMap<>();

    static {
        QUANTITIES.put("bw", (all, direction) -> Math.round(all.bytesPerSecond(direction) / KIBI));
        QUANTITIES.put("iops", (all, direction) -> Math.round(all.iops(direction)));
        QUANTITIES.put("lat", (all, direction) -> mean(all, direction, Sample::totalNanos));
        QUANTITIES.put("clat", (all, direction) -> mean(all, direction, Sample::deviceNanos));
        QUANTITIES.put("slat", (all, direction) -> mean(all, direction, Sample::waitingNanos));
    }

    /** Which of them a job's options ask for. */
    private static final Map<String, List<String>> ASKED_FOR =
            Map.of(
                    "write_bw_log", List.of("bw"),
                    "write_iops_log", List.of("iops"),
                    "write_lat_log", List.of("lat", "clat", "slat"));

    private final RunResult result;

    public FioLogs(RunResult result) {
        this.result = result;
    }

    private static long mean(Interval interval, int direction, ToLongFunction<Sample> sum) {
        Sample sample = interval.samples().get(direction);
        return sum.applyAsLong(sample) / Math.max(1, sample.count());
    }

    /** The logs' texts, by their names: the prefix, then such as _bw.1.log. */
    public Map<Path, Supplier<String>> documents(Path prefix) {
        Map<Path, Supplier<String>> documents = new LinkedHashMap<>();
        for (int thread = 0; thread < result.threads().size(); thread++) {
            add(documents, thread, QUANTITIES.keySet(), prefix);
        }
        return documents;
    }

    /** Those that the jobs ask for. */
    public Map<Path, Supplier<String>> documentsOfJobs() {
        Map<Path, Supplier<String>> documents = new LinkedHashMap<>();
        for (int thread = 0; thread < result.threads().size(); thread++) {
            Job job = result.threads().get(thread).job();
            for (Map.Entry<String, List<String>> asked : ASKED_FOR.entrySet()) {
                String prefix = job.options().getOrDefault(asked.getKey(), "");
                if (!prefix.isBlank()) {
                    // Without a value it is the job's name.
                    Path path = Path.of(prefix.equals("1") ? job.name() : prefix);
                    add(documents, thread, asked.getValue(), path);
                }
            }
        }
        return documents;
    }

    private void add(
            Map<Path, Supplier<String>> documents,
            int thread,
            Collection<String> quantities,
            Path prefix) {
        List<Interval> all = result.timeline().intervals();
        long begin = all.isEmpty() ? 0 : all.getFirst().begin();
        for (String quantity : quantities) {
            String name = "%s_%s.%d.log".formatted(prefix.getFileName(), quantity, thread + 1);
            Quantity own = Objects.requireNonNull(QUANTITIES.get(quantity));
            documents.put(
                    prefix.resolveSibling(name),
                    () -> document(result.threads().get(thread), own, begin));
        }
    }

    /** Milliseconds since the begin, value, direction; neither block size, offset nor priority. */
    private static String document(RunResult.ThreadResult thread, Quantity quantity, long begin) {
        StringBuilder text = new StringBuilder();
        for (Interval interval : thread.timeline().intervals()) {
            long millis = (interval.end() - begin) / NANOS_PER_MILLI;
            for (Direction direction : Direction.values()) {
                int index = direction.index();
                if (interval.samples().get(index).count() > 0) {
                    text.append(millis).append(", ").append(quantity.of(interval, index));
                    text.append(", ").append(index).append(", 0, 0\n");
                }
            }
        }
        return text.toString();
    }
}
