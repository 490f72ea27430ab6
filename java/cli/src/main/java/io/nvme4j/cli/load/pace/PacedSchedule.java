// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.load.pace;

import io.nvme4j.cli.job.Job;
import io.nvme4j.cli.job.Pacing;
import io.nvme4j.cli.job.workload.Direction;
import io.nvme4j.cli.load.random.RandomNumbers;

import org.jspecify.annotations.Nullable;

import java.util.Map;

/**
 * Each direction at its own rate; one without a rate is due whenever no other is. Commands that
 * could not start in time are due until they have: none is left out, so that a slow device meets as
 * many as a fast one, and its latencies tell.
 */
public final class PacedSchedule implements Schedule {
    private final @Nullable Ticks[] ticks = new Ticks[Direction.values().length];
    private final int unpaced;
    private int chosen;
    private long start;

    /**
     * @param fraction of the job's rates that is this schedule's
     */
    public PacedSchedule(Job job, double fraction, RandomNumbers random) {
        Pacing pacing = job.pacing();
        for (Map.Entry<Direction, Pacing.Rate> entry : pacing.rates().entrySet()) {
            ticks[entry.getKey().index()] =
                    new Ticks(entry.getValue(), fraction, pacing.poisson(), random);
        }
        this.unpaced = unpaced(job);
    }

    private static int unpaced(Job job) {
        for (Direction direction : Direction.values()) {
            boolean follows = job.workload().trimsBeforeWriting() && direction == Direction.WRITE;
            if (job.has(direction) && !follows && !job.pacing().rates().containsKey(direction)) {
                return direction.index();
            }
        }
        return NONE_DUE;
    }

    @Override
    public int next(long now, int inFlight) {
        chosen = NONE_DUE;
        start = now;
        for (int direction = 0; direction < ticks.length; direction++) {
            Ticks own = ticks[direction];
            if (own != null && own.next() - start <= 0) {
                start = own.next();
                chosen = direction;
            }
        }
        if (chosen == NONE_DUE) {
            chosen = unpaced;
        }
        return chosen;
    }

    @Override
    public long intendedStart() {
        return start;
    }

    @Override
    public void issued(long bytes) {
        Ticks own = ticks[chosen];
        if (own != null) {
            own.advance(bytes);
        }
    }

    @Override
    public void restart(long now) {
        for (Ticks own : ticks) {
            if (own != null) {
                own.restart(now);
            }
        }
    }
}
