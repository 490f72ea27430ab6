// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run;

import io.nvme4j.cli.job.Job;
import io.nvme4j.cli.job.SteadyStateGoal;

import java.util.List;
import java.util.Optional;

/** Watches the threads of a job, and ends them when what they measure has become steady. */
final class SteadyStateMonitor {
    /** What a sample may be early. */
    private static final long SLACK_NANOS = 50_000_000;

    static final Totals NONE = new Totals(0, 0, 0);

    private final SteadyState state;
    private final List<JobThread> threads;
    private final long begin = System.nanoTime();
    private long lastTime = begin;
    private Totals last = NONE;

    /**
     * What has completed so far.
     *
     * @param latencies their sum in nanoseconds
     */
    record Totals(long commands, long bytes, double latencies) {
        Totals plus(Totals other) {
            return new Totals(
                    commands + other.commands, bytes + other.bytes, latencies + other.latencies);
        }
    }

    SteadyStateMonitor(SteadyStateGoal goal, List<JobThread> threads) {
        this.state = new SteadyState(goal);
        this.threads = threads;
        threads.forEach(thread -> thread.steadyState(state));
    }

    /** One for each job that has a goal. */
    static List<SteadyStateMonitor> of(List<JobThread> threads) {
        return threads.stream()
                .map(JobThread::job)
                .distinct()
                .flatMap(job -> of(job, threads).stream())
                .toList();
    }

    private static Optional<SteadyStateMonitor> of(Job job, List<JobThread> threads) {
        return job.steadyStateGoal()
                .map(
                        goal ->
                                new SteadyStateMonitor(
                                        goal,
                                        threads.stream()
                                                .filter(thread -> thread.job().equals(job))
                                                .toList()));
    }

    /** Takes a sample each interval; to be called more often. */
    void sample() {
        long now = System.nanoTime();
        if (now - lastTime < state.goal().intervalNanos() - SLACK_NANOS) {
            return;
        }
        Totals totals = threads.stream().map(JobThread::totals).reduce(NONE, Totals::plus);
        double seconds = (now - lastTime) / 1e9;
        long commands = totals.commands - last.commands;
        double iops = commands / seconds;
        double bytesPerSecond = (totals.bytes - last.bytes) / seconds;
        double sample =
                switch (state.goal().measure()) {
                    case IOPS -> iops;
                    case BW -> bytesPerSecond;
                    case LAT -> commands == 0 ? 0 : (totals.latencies - last.latencies) / commands;
                };
        boolean measuring = last.commands > 0 && now - begin >= state.goal().rampNanos();
        last = totals;
        lastTime = now;
        if (measuring && commands > 0 && state.add(sample, iops, bytesPerSecond)) {
            threads.forEach(JobThread::finish);
        }
    }
}
