// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run;

import io.nvme4j.Affinity;
import io.nvme4j.cli.console.ErrorLine;
import io.nvme4j.cli.job.Job;
import io.nvme4j.cli.job.Limits;
import io.nvme4j.cli.job.workload.Direction;
import io.nvme4j.cli.load.DepthSearch;
import io.nvme4j.cli.result.Depths;
import io.nvme4j.cli.result.Measured;
import io.nvme4j.cli.result.RunResult;
import io.nvme4j.cli.result.Tally;
import io.nvme4j.cli.result.ThreadCounters;
import io.nvme4j.cli.result.Timeline;
import io.nvme4j.cli.run.plan.QueuePlan;
import io.nvme4j.cli.run.plan.ThreadPlan;
import io.nvme4j.cli.target.Target;

import org.jspecify.annotations.Nullable;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A thread of a run: it polls its queues in turns. */
final class JobThread implements Runnable {
    /** How long commands in flight may take to complete once the run has ended. */
    static final int DRAIN_SECONDS = 10;

    private static final int NAP_MILLIS = 10;

    /** While the run warms up its loop is entered and left this often, in nanoseconds. */
    private static final long WARM_UP_STEP = 1_000_000;

    private final ThreadPlan plan;
    private final Limits limits;
    private final RunControl control;
    private final PollTurns turns = new PollTurns();
    private final Consumer<ThreadPlan> ending;

    /* The main thread reads these, as it collects; they are set once. */
    private volatile LoadQueue[] queues = {};
    private volatile boolean isPolling;

    private final Timeline timeline = new Timeline();
    private volatile boolean ended;
    private volatile @Nullable SteadyState steadyState;

    private long start;
    private long end;
    private long userNanos;
    private long cpuNanos;
    private ThreadCounters counters = ThreadCounters.NONE;

    /**
     * @param ending is told when it is at its end
     */
    JobThread(ThreadPlan plan, RunControl control, Consumer<ThreadPlan> ending) {
        this.plan = plan;
        this.ending = ending;
        this.limits = plan.job().limits();
        this.control = control;
    }

    @Override
    public void run() {
        start = System.nanoTime(); // until something is measured
        end = start;
        try {
            if (plan.processor() >= 0) {
                Affinity.pin(plan.processor());
            }
            open();
            control.awaitStart();
            awaitJob();
            awaitDelay();
            ThreadCounters before = ThreadCounters.read();
            measure();
            counters = ThreadCounters.read().minus(before);
        } catch (InterruptedException e) {
            control.stop();
        } catch (RuntimeException | Error e) {
            end = System.nanoTime();
            control.fail(ErrorLine.describe(e));
        } finally {
            close();
            ending.accept(plan);
            control.workerFinished(plan);
        }
    }

    private void open() {
        List<LoadQueue> opened = new ArrayList<>();
        for (QueuePlan own : plan.queues()) {
            opened.add(new LoadQueue(own, control));
            queues = opened.toArray(LoadQueue[]::new);
        }
    }

    private void awaitJob() throws InterruptedException {
        String other = plan.job().grouping().waitsFor().orElse("");
        while (!control.hasEnded(other) && !isOver()) {
            Thread.sleep(NAP_MILLIS);
        }
    }

    private boolean isOver() {
        return ended || control.isStopped();
    }

    private void awaitDelay() throws InterruptedException {
        long begin =
                System.nanoTime()
                        + limits.startDelay().nanos(plan.job().access().seed() + plan.copy());
        while (System.nanoTime() - begin < 0 && !isOver()) {
            Thread.sleep(NAP_MILLIS);
        }
    }

    private void measure() {
        // This stands before the first command, as loading the class takes longer than many of
        // them.
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        LoadQueue[] polled = queues;
        isPolling = true;
        long now = System.nanoTime();
        if (limits.ramp() > 0) {
            now = warmUp(now + limits.ramp(), polled);
        }
        if (control.isStopped()) {
            start = now;
            end = now;
        } else {
            measure(now, polled, threads);
        }
        isPolling = false;
        drain(System.nanoTime() + TimeUnit.SECONDS.toNanos(DRAIN_SECONDS), polled);
        if (plan.job().flushing().atEnd()) {
            Stream.of(polled).forEach(LoadQueue::flushAtEnd);
            drain(System.nanoTime() + TimeUnit.SECONDS.toNanos(DRAIN_SECONDS), polled);
        }
        end = Math.max(end, lastCompletion());
        if (plan.job().verification().readBack() && plan.job().has(Direction.WRITE)) {
            check(polled);
        }
        for (LoadQueue queue : polled) {
            queue.tellWrongBlocks();
        }
    }

    /** Reads what was written. */
    private void check(LoadQueue[] polled) {
        boolean isBusy = true;
        while (isBusy && !control.isStopped()) {
            isBusy = false;
            for (LoadQueue queue : polled) {
                isBusy |= queue.checkRound();
            }
            takeTurns(polled);
        }
        drain(System.nanoTime() + TimeUnit.SECONDS.toNanos(DRAIN_SECONDS), polled);
    }

    private void measure(long now, LoadQueue[] polled, ThreadMXBean threads) {
        userNanos = -threads.getCurrentThreadUserTime();
        cpuNanos = -threads.getCurrentThreadCpuTime();
        start = now;
        for (LoadQueue queue : polled) {
            queue.beginMeasurement(now);
        }
        long length = limits.runtime() > 0 ? limits.runtime() : Long.MAX_VALUE / 2;
        end = runUntil(start + length, polled);
        userNanos += threads.getCurrentThreadUserTime();
        cpuNanos += threads.getCurrentThreadCpuTime();
    }

    /**
     * In steps, so that the compiler has seen the loop begin and end, and need not begin anew when
     * the measurement does.
     */
    private long warmUp(long end, LoadQueue[] polled) {
        long now = System.nanoTime();
        while (now - end < 0 && !ended && !control.isStopped()) {
            now = runUntil(Math.min(end - now, WARM_UP_STEP) + now, polled);
        }
        return now;
    }

    /** Polls until a time, or until there is no more to do, or until the run is stopped. */
    private long runUntil(long end, LoadQueue[] polled) {
        long now = System.nanoTime();
        boolean isBusy = true;
        while (isBusy && now - end < 0 && !ended && !control.isStopped()) {
            isBusy = false;
            long rest = Long.MAX_VALUE;
            for (LoadQueue queue : polled) {
                now = queue.round();
                isBusy |= queue.isBusy();
                rest = Math.min(rest, queue.rest());
            }
            if (rest > 0) {
                pause(rest);
            }
            takeTurns(polled);
        }
        return now;
    }

    private void takeTurns(LoadQueue[] polled) {
        if (control.isCrowded()) {
            boolean reaped = false;
            for (LoadQueue queue : polled) {
                reaped |= queue.hasReaped();
            }
            turns.after(reaped);
        }
    }

    private static void pause(long nanos) {
        long begin = System.nanoTime();
        do {
            Thread.onSpinWait();
        } while (System.nanoTime() - begin < nanos);
    }

    /** Waits for what is in flight; gives up at {@code end}, as a device may be gone. */
    private void drain(long end, LoadQueue[] polled) {
        long now = System.nanoTime();
        int inFlight;
        do {
            inFlight = 0;
            for (LoadQueue queue : polled) {
                now = queue.drainRound();
                inFlight += queue.inFlight();
            }
            takeTurns(polled);
        } while (inFlight > 0 && now - end < 0);
        if (inFlight > 0) {
            control.fail(
                    "%d commands did not complete within %d s after the run: the device does not answer"
                            .formatted(inFlight, DRAIN_SECONDS));
        }
    }

    private void close() {
        for (LoadQueue queue : queues) {
            try {
                queue.close();
            } catch (RuntimeException e) {
                control.fail(ErrorLine.describe(e));
            }
        }
    }

    /** Asks the queues for what they have measured since they were last asked. For any thread. */
    void ask() {
        for (LoadQueue queue : queues) {
            queue.exchange().ask();
        }
    }

    /** Whether all queues have answered, or never will. */
    boolean hasAnswered() {
        boolean all = true;
        for (LoadQueue queue : queues) {
            all &= queue.exchange().hasAnswered();
        }
        return all || !isPolling;
    }

    /**
     * Takes what the queues have handed over.
     *
     * @param tick number of the interval
     * @param live gets all of it, the warm-up too
     */
    void collect(int tick, Consumer<Tally> live) {
        for (LoadQueue queue : queues) {
            queue.exchange().collect(live.andThen(tally -> keep(tick, tally)));
        }
    }

    /** Takes what is left. Only when it has finished. */
    void finish(int tick, Consumer<Tally> live) {
        for (LoadQueue queue : queues) {
            queue.exchange()
                    .finish(
                            Math.max(end, lastCompletion()),
                            live.andThen(tally -> keep(tick, tally)));
        }
        timeline.joinShortEnd();
    }

    /** The warm-up goes the same way, but to nowhere: what is compiled late takes time then. */
    private void keep(int tick, Tally tally) {
        Timeline kept = tally.isWarmUp() ? new Timeline() : timeline;
        kept.add(tick, tally);
    }

    /** What it measured, interval by interval. */
    Timeline timeline() {
        return timeline;
    }

    /** What it measured. Only when it has finished. */
    RunResult.ThreadResult result() {
        Map<Target, List<LoadQueue>> byTarget = new LinkedHashMap<>();
        for (LoadQueue queue : queues) {
            byTarget.computeIfAbsent(queue.target(), target -> new ArrayList<>()).add(queue);
        }
        List<RunResult.Row> rows = new ArrayList<>();
        byTarget.forEach(
                (target, own) ->
                        rows.add(
                                RunResult.Row.sum(
                                        plan.prefix() + target.label() + plan.suffix(),
                                        own.stream().map(LoadQueue::row))));
        Depths depths = new Depths(0);
        Stream.of(queues).forEach(queue -> depths.add(queue.depths()));
        Measured flushes = new Measured(false);
        Stream.of(queues).forEach(queue -> flushes.add(queue.flushes()));
        return new RunResult.ThreadResult(
                plan.job(),
                plan.copy(),
                plan.group(),
                rows,
                start,
                end - start,
                Math.max(0, lastCompletion() - end),
                userNanos,
                Math.max(0, cpuNanos - userNanos),
                Stream.of(queues).mapToLong(LoadQueue::errors).sum(),
                plan.processor(),
                timeline,
                depths,
                flushes,
                counters,
                extras());
    }

    /** By fio's keys, as far as fio has them. */
    private Map<String, Object> extras() {
        Map<String, Object> extras = new LinkedHashMap<>();
        if (plan.job().latencyGoal().isPresent()) {
            extras.put("latency_depth", foundDepth());
        }
        int commands = Stream.of(queues).mapToInt(LoadQueue::commandsPerIo).max().orElse(1);
        if (commands > 1) {
            extras.put(RunResult.ThreadResult.COMMANDS_PER_IO, commands);
        }
        SteadyState state = steadyState;
        if (state != null) {
            extras.put("steadystate", state.report());
        }
        return extras;
    }

    private int foundDepth() {
        return Stream.of(queues)
                .flatMap(queue -> queue.depthSearch().stream())
                .mapToInt(DepthSearch::depth)
                .sum();
    }

    Job job() {
        return plan.job();
    }

    /** Number of its reporting group. */
    int group() {
        return plan.group();
    }

    /** Ends the measurement. By any thread. */
    void finish() {
        ended = true;
    }

    /** What is reported of the steadiness of its job. By any thread. */
    void steadyState(SteadyState state) {
        steadyState = state;
    }

    /** What was collected so far. For the thread that collects. */
    SteadyStateMonitor.Totals totals() {
        return Stream.of(queues)
                .map(LoadQueue::totals)
                .reduce(SteadyStateMonitor.NONE, SteadyStateMonitor.Totals::plus);
    }

    /**
     * What it has done and was collected so far. For the thread that collects.
     *
     * @param bytes whether bytes are asked for, else commands
     */
    long completed(Direction direction, boolean bytes) {
        return Stream.of(queues)
                .map(queue -> queue.exchange().total()[direction.index()])
                .mapToLong(measured -> bytes ? measured.bytes() : measured.count())
                .sum();
    }

    /** Whether it issues commands. */
    boolean isPolling() {
        return isPolling;
    }

    private long lastCompletion() {
        return Stream.of(queues).mapToLong(LoadQueue::lastCompletion).max().orElse(end);
    }
}
