// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

import io.nvme4j.Affinity;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A thread of the benchmark, with a lane to each namespace, which it polls in turns. */
final class Worker implements Runnable {
    /** How long commands in flight may take to complete once the run has ended. */
    static final int DRAIN_SECONDS = 10;

    private final int number;
    private final List<Target> targets;
    private final BenchSettings settings;
    private final RunControl control;

    /* Read by the main thread, for progress: set once. */
    private volatile Lane[] lanes = {};

    private long start;
    private long end;
    private long userNanos;
    private long cpuNanos;

    Worker(int number, List<Target> targets, BenchSettings settings, RunControl control) {
        this.number = number;
        this.targets = targets;
        this.settings = settings;
        this.control = control;
    }

    @Override
    public void run() {
        start = System.nanoTime(); // until something is measured
        end = start;
        try {
            if (settings.processor(number) >= 0) {
                Affinity.pin(settings.processor(number));
            }
            open();
            control.awaitStart();
            measure();
        } catch (InterruptedException e) {
            control.stop();
        } catch (RuntimeException | Error e) {
            end = System.nanoTime();
            control.fail(ErrorLine.describe(e));
        } finally {
            close();
            control.workerFinished();
        }
    }

    private void open() {
        List<Lane> opened = new ArrayList<>();
        for (Target target : targets) {
            opened.add(new Lane(target, settings, control, seed(opened.size())));
            lanes = opened.toArray(Lane[]::new);
        }
    }

    /** The same in every run, so that runs can be compared; another for each lane. */
    private long seed(int lane) {
        return 1 + number + (long) settings.workers() * lane;
    }

    private void measure() {
        // Before the first command: loading the class takes longer than many commands.
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        Lane[] polled = lanes;
        long now = warmUp(polled);
        if (control.isStopped()) {
            start = now;
            end = now;
        } else {
            measure(now, polled, threads);
        }
        drain(System.nanoTime() + TimeUnit.SECONDS.toNanos(DRAIN_SECONDS), polled);
    }

    private long warmUp(Lane[] polled) {
        long now = System.nanoTime();
        for (Lane lane : polled) {
            lane.fill(now);
        }
        return runUntil(now + TimeUnit.SECONDS.toNanos(settings.warmupSeconds()), polled);
    }

    private void measure(long now, Lane[] polled, ThreadMXBean threads) {
        userNanos = -threads.getCurrentThreadUserTime();
        cpuNanos = -threads.getCurrentThreadCpuTime();
        start = now;
        for (Lane lane : polled) {
            lane.beginMeasurement();
        }
        end = runUntil(start + TimeUnit.SECONDS.toNanos(settings.seconds()), polled);
        userNanos += threads.getCurrentThreadUserTime();
        cpuNanos += threads.getCurrentThreadCpuTime();
    }

    /** Polls until a time, or until the run is stopped. */
    private long runUntil(long end, Lane[] polled) {
        long now = System.nanoTime();
        while (now - end < 0 && !control.isStopped()) {
            now = pollAll(polled);
        }
        return now;
    }

    private static long pollAll(Lane[] polled) {
        long now = 0;
        for (Lane lane : polled) {
            now = lane.round();
        }
        return now;
    }

    /** Waits for what is in flight; gives up at {@code end}, as a device may be gone. */
    private void drain(long end, Lane[] polled) {
        long now = System.nanoTime();
        int inFlight;
        do {
            inFlight = 0;
            for (Lane lane : polled) {
                now = lane.drainRound();
                inFlight += lane.inFlight();
            }
        } while (inFlight > 0 && now - end < 0);
        if (inFlight > 0) {
            control.fail(
                    "%d commands did not complete within %d s after the run: the device does not answer"
                            .formatted(inFlight, DRAIN_SECONDS));
        }
    }

    private void close() {
        for (Lane lane : lanes) {
            try {
                lane.close();
            } catch (RuntimeException e) {
                control.fail(ErrorLine.describe(e));
            }
        }
    }

    /** Commands that have completed so far. For any thread. */
    long completed() {
        long completed = 0;
        for (Lane lane : lanes) {
            completed += lane.completed();
        }
        return completed;
    }

    /** The processor that it is pinned to, or -1. */
    int processor() {
        return settings.processor(number);
    }

    /** What it measured. Only when it has finished. */
    List<Lane> lanes() {
        return List.of(lanes);
    }

    /** When the measurement began, on {@link System#nanoTime}'s scale. */
    long start() {
        return start;
    }

    /** When it ended: when the last command had completed, or later, where none did any more. */
    long end() {
        long latest = end;
        for (Lane lane : lanes) {
            latest = Math.max(latest, lane.lastCompletion());
        }
        return latest;
    }

    /** Time on a processor in user mode while it measured. */
    long userNanos() {
        return userNanos;
    }

    /** Time on a processor in the kernel while it measured. */
    long systemNanos() {
        return Math.max(0, cpuNanos - userNanos);
    }
}
