// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run;

import io.nvme4j.cli.job.Job;
import io.nvme4j.cli.job.Pacing;
import io.nvme4j.cli.job.workload.Direction;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Watches whether a thread keeps a least rate of its job, and fails the run if it doesn't. An I/O
 * that has not completed counts as one that has: a rate may be less than one in each cycle.
 */
final class MinimumRates {
    /** Before it nothing is judged. */
    private static final long SETTLING = TimeUnit.SECONDS.toNanos(2);

    private final JobThread thread;
    private final RunControl control;
    private final Direction direction;
    private final Pacing.Rate minimum;

    private long begin;
    private long lastTime;
    private long last;

    private MinimumRates(
            JobThread thread, RunControl control, Direction direction, Pacing.Rate minimum) {
        this.thread = thread;
        this.control = control;
        this.direction = direction;
        this.minimum = minimum;
    }

    /** One for each thread and direction that has one. */
    static List<MinimumRates> of(List<JobThread> threads, RunControl control) {
        return threads.stream()
                .flatMap(
                        thread ->
                                thread.job().pacing().minimums().entrySet().stream()
                                        .map(
                                                entry ->
                                                        new MinimumRates(
                                                                thread,
                                                                control,
                                                                entry.getKey(),
                                                                entry.getValue())))
                .toList();
    }

    /** Judges what was collected until now; to be called more often than there are cycles. */
    void check(long now) {
        long amount = thread.completed(direction, minimum.ofBytes());
        if (amount == 0 || !thread.isPolling()) {
            return;
        }
        begin = last == 0 ? now : begin;
        long elapsed = now - lastTime;
        if (now - begin < SETTLING) {
            beginCycle(now, amount);
        } else if (elapsed >= thread.job().pacing().cycleNanos()) {
            judge(amount - last, elapsed / 1e9);
            // Where nothing has completed the cycle goes on.
            beginCycle(amount > last ? now : lastTime, amount);
        }
    }

    private void beginCycle(long now, long amount) {
        last = amount;
        lastTime = now;
    }

    private void judge(long done, double seconds) {
        Job job = thread.job();
        long next = minimum.ofBytes() ? job.sizes(direction).largest() : 1;
        if ((done + next) / seconds < minimum.perSecond()) {
            control.fail(
                    String.format(
                            Locale.ROOT,
                            "job %s: at least %.0f %s a second are asked for of its %ss, and in"
                                    + " %.1f s it were %.0f",
                            job.name(),
                            minimum.perSecond(),
                            minimum.ofBytes() ? "bytes" : "I/Os",
                            direction.name().toLowerCase(Locale.ROOT),
                            seconds,
                            done / seconds));
        }
    }
}
