// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run;

import io.nvme4j.cli.job.Limits;
import io.nvme4j.cli.result.Tally;
import io.nvme4j.cli.run.plan.RunPlan;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Collects what the threads of a run measure, interval by interval. One thread at a time. */
final class Collector {
    /** More intervals than this are halved in number: a run may take days. */
    private static final int LIMIT = 2048;

    private static final int SHORT_MILLIS = 100;
    private static final int LONG_MILLIS = 1000;

    /** Runs of this length or longer have long intervals. */
    private static final long LONG_RUN_NANOS = TimeUnit.SECONDS.toNanos(60);

    private static final long NAP_NANOS = 50_000;

    /**
     * While threads warm up, collecting is rehearsed so often, and in such short intervals: what it
     * runs is compiled then, and takes little of a processor that a thread or a target needs later.
     */
    private static final int REHEARSALS = 300;

    private static final int REHEARSAL_MILLIS = 2;

    private final List<JobThread> finished = new ArrayList<>();
    private int intervalMillis;
    private int tick;
    private int rehearsals;
    private boolean isMeasuring;

    Collector(int intervalMillis) {
        this.intervalMillis = intervalMillis;
    }

    /** Short enough that the plan's run has many, long enough that they cost nothing. */
    static int intervalMillis(RunPlan plan) {
        boolean isLong =
                plan.phases().stream()
                        .flatMap(List::stream)
                        .map(thread -> thread.job().limits())
                        .mapToLong(Limits::runtime)
                        .anyMatch(runtime -> runtime == 0 || runtime >= LONG_RUN_NANOS);
        return isLong ? LONG_MILLIS : SHORT_MILLIS;
    }

    int intervalMillis() {
        return isMeasuring || rehearsals == REHEARSALS ? intervalMillis : REHEARSAL_MILLIS;
    }

    /**
     * Collects an interval of threads that run.
     *
     * @param live gets all that they have measured, the warm-up too
     */
    void collect(List<JobThread> threads, Consumer<Tally> live) {
        for (JobThread thread : threads) {
            thread.ask();
        }
        // A thread answers in its next round, unless it is in a call, or not on a processor.
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(intervalMillis) / 2;
        for (JobThread thread : threads) {
            while (!thread.hasAnswered() && System.nanoTime() - end < 0) {
                LockSupport.parkNanos(NAP_NANOS);
            }
        }
        Consumer<Tally> consumer = live.andThen(this::look);
        for (JobThread thread : threads) {
            thread.collect(tick, consumer);
        }
        if (isMeasuring && ++tick == LIMIT) {
            halve(threads);
        } else if (!isMeasuring && rehearsals < REHEARSALS) {
            rehearsals++;
        }
    }

    private void look(Tally tally) {
        isMeasuring |= !tally.isWarmUp();
    }

    private void halve(List<JobThread> threads) {
        finished.forEach(thread -> thread.timeline().halve());
        threads.forEach(thread -> thread.timeline().halve());
        tick = LIMIT / 2;
        intervalMillis *= 2;
    }

    /** Collects what is left of threads that have ended. */
    void finish(List<JobThread> threads, Consumer<Tally> live) {
        threads.forEach(thread -> thread.finish(tick, live));
        finished.addAll(threads);
        tick++;
    }
}
