// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.load;

import io.nvme4j.cli.job.LatencyGoal;

/**
 * Looks for the greatest queue depth at which enough commands keep below a latency: by bisection,
 * from depth 1 on, each depth for a window of time. One thread.
 */
public final class DepthSearch {
    private final LatencyGoal goal;
    private int lowest = 1;
    private int highest;
    private int depth = 1;
    private boolean found;

    private long windowEnd;
    private long count;
    private long slow;

    /**
     * @param highest depth that may be tried
     */
    public DepthSearch(LatencyGoal goal, int highest) {
        this.goal = goal;
        this.highest = highest;
    }

    /** Counting begins. */
    public void begin(long now) {
        windowEnd = now + goal.windowNanos();
        count = 0;
        slow = 0;
    }

    /** A command took so long. */
    public void record(long nanos) {
        count++;
        if (nanos > goal.targetNanos()) {
            slow++;
        }
    }

    /** Chooses the next depth, where a window is over. */
    public void update(long now) {
        if (!found && now - windowEnd >= 0 && count > 0) {
            choose(slow <= count * (100 - goal.percentile()) / 100);
            begin(now);
        }
    }

    private void choose(boolean good) {
        if (good) {
            lowest = depth;
        } else if (depth == 1) {
            highest = 1;
        } else {
            highest = depth - 1;
        }
        found = lowest >= highest;
        depth = found ? lowest : (lowest + highest + 1) / 2;
    }

    /** The depth to be used now. */
    public int depth() {
        return depth;
    }

    /** Whether the job is over when the search is. */
    public boolean endsJob() {
        return found && !goal.keepRunning();
    }
}
