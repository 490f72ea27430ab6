// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.result;

import io.nvme4j.TransportId;
import io.nvme4j.cli.job.Job;
import io.nvme4j.cli.job.workload.Direction;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * What a run measured.
 *
 * @param ids of the controllers
 * @param transport one line about each controller
 * @param threads what each thread of each job measured, in the order of the jobs
 * @param failure what ended the run early, or empty
 * @param signal number of the signal that ended the run early, or 0
 * @param cores how busy each of the machine's processors was, with whatever
 */
public record RunResult(
        List<TransportId> ids,
        List<String> transport,
        List<ThreadResult> threads,
        String failure,
        int signal,
        List<CoreUse> cores) {
    private static final int BUSY_PERCENTAGE = 5;

    /**
     * What one thread of a job measured, or several together. It has many fields, as each report
     * wants others of them.
     *
     * @param job what was asked for
     * @param copy number of the thread, of those that do the same
     * @param group number of its reporting group
     * @param rows one for each namespace
     * @param begin of the measurement, on {@link System#nanoTime}'s scale
     * @param nanos from the begin of the measurement to the last completion
     * @param readBackNanos from there to the end of the reads that verify what was written
     * @param userNanos time on processors in user mode
     * @param systemNanos time on processors in the kernel
     * @param errors commands that failed
     * @param processor that it was pinned to, or -1
     * @param timeline the same, interval by interval
     * @param depths how many commands were in flight
     * @param flushes those that are no part of a write, nor after the last of them
     * @param counters of its whole life
     * @param extras what else fio reports of such a job, by its keys
     */
    public record ThreadResult(
            Job job,
            int copy,
            int group,
            List<Row> rows,
            long begin,
            long nanos,
            long readBackNanos,
            long userNanos,
            long systemNanos,
            long errors,
            int processor,
            Timeline timeline,
            Depths depths,
            Measured flushes,
            ThreadCounters counters,
            Map<String, Object> extras) {
        /** Key of {@link #commandsPerIo()}, which is there where I/Os are split. */
        public static final String COMMANDS_PER_IO = "commands_per_io";

        /** Commands that its largest I/O became. */
        public int commandsPerIo() {
            return (Integer) extras.getOrDefault(COMMANDS_PER_IO, 1);
        }

        /** All rows in one. */
        public Row total() {
            return Row.sum("Total", rows.stream());
        }

        /** How long there were commands of a direction: reads that verify come after the run. */
        public long nanos(Direction direction) {
            if (direction != Direction.READ) {
                return nanos;
            }
            return readsInRun() ? nanos + readBackNanos : readBackNanos;
        }

        private long begin(Direction direction) {
            return direction == Direction.READ && !readsInRun() ? begin + nanos : begin;
        }

        private boolean readsInRun() {
            return job.has(Direction.READ) || job.verification().backlog() > 0;
        }

        /** Commands or bytes of a direction in a second. */
        public double perSecond(Direction direction, long amount) {
            long time = nanos(direction);
            return time == 0 ? 0 : amount * 1e9 / time;
        }
    }

    /**
     * What was measured on one namespace.
     *
     * @param label names it, and the thread where there are several
     */
    public record Row(String label, Measured reads, Measured writes, Measured trims) {
        /** All in one, which shares what one alone has measured: histograms are large. */
        public static Row sum(String label, Stream<Row> rows) {
            List<Row> all = rows.toList();
            boolean split = all.stream().anyMatch(Row::isSplit);
            return new Row(
                    label,
                    sum(all.stream().map(Row::reads).toList(), split),
                    sum(all.stream().map(Row::writes).toList(), split),
                    sum(all.stream().map(Row::trims).toList(), split));
        }

        private static Measured sum(List<Measured> all, boolean split) {
            if (all.size() == 1 && all.getFirst().isSplit() == split) {
                return all.getFirst();
            }
            Measured sum = new Measured(split);
            all.forEach(sum::add);
            return sum;
        }

        /** Whether latencies are taken apart. */
        public boolean isSplit() {
            return reads.isSplit() || writes.isSplit() || trims.isSplit();
        }

        /** The three directions. */
        public List<Measured> directions() {
            return List.of(reads, writes, trims);
        }
    }

    /** The threads, those of a job that reports as a group put together. */
    public List<ThreadResult> reported() {
        List<ThreadResult> reported = new ArrayList<>();
        for (ThreadResult thread : threads) {
            ThreadResult last = reported.isEmpty() ? null : reported.getLast();
            if (last != null
                    && thread.group() == last.group()
                    && thread.job().grouping().reportsGroup()) {
                reported.set(reported.size() - 1, sum(last, thread));
            } else {
                reported.add(thread);
            }
        }
        return reported;
    }

    private static ThreadResult sum(ThreadResult a, ThreadResult b) {
        Depths depths = new Depths(0);
        depths.add(a.depths());
        depths.add(b.depths());
        Measured flushes = new Measured(false);
        flushes.add(a.flushes());
        flushes.add(b.flushes());
        return new ThreadResult(
                a.job(),
                a.copy(),
                a.group(),
                Stream.concat(a.rows().stream(), b.rows().stream()).toList(),
                Math.min(a.begin(), b.begin()),
                Math.max(a.nanos(), b.nanos()),
                Math.max(a.readBackNanos(), b.readBackNanos()),
                a.userNanos() + b.userNanos(),
                a.systemNanos() + b.systemNanos(),
                a.errors() + b.errors(),
                a.processor() == b.processor() ? a.processor() : -1,
                Timeline.sum(List.of(a.timeline(), b.timeline())),
                depths,
                flushes,
                a.counters().plus(b.counters()),
                a.extras());
    }

    /** All rows of all threads. */
    public List<Row> rows() {
        return threads.stream().flatMap(thread -> thread.rows().stream()).toList();
    }

    /** All of them in one. */
    public Row total() {
        return Row.sum("Total", rows().stream());
    }

    /** All threads, interval by interval. */
    public Timeline timeline() {
        return Timeline.sum(threads.stream().map(ThreadResult::timeline).toList());
    }

    /** Time in which a thread was measuring: they run together, or one after the other. */
    public long nanos() {
        return covered(ThreadResult::begin, ThreadResult::nanos);
    }

    /** Time in which a thread had commands of a direction. */
    public long nanos(Direction direction) {
        return covered(thread -> thread.begin(direction), thread -> thread.nanos(direction));
    }

    private long covered(ToLongFunction<ThreadResult> begin, ToLongFunction<ThreadResult> length) {
        List<ThreadResult> inOrder =
                threads.stream().sorted(Comparator.comparingLong(begin)).toList();
        long nanos = 0;
        long covered = Long.MIN_VALUE;
        for (ThreadResult thread : inOrder) {
            long start = begin.applyAsLong(thread);
            long end = start + length.applyAsLong(thread);
            nanos += Math.max(0, end - Math.max(covered, start));
            covered = Math.max(covered, end);
        }
        return nanos;
    }

    /** Processors that were not idle: on a large machine most are. */
    public List<CoreUse> busyCores() {
        return cores.stream().filter(core -> core.busy() >= BUSY_PERCENTAGE).toList();
    }

    /** Commands that failed. */
    public long errors() {
        return threads.stream().mapToLong(ThreadResult::errors).sum();
    }
}
