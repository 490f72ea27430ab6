// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.report;

import io.nvme4j.cli.job.workload.Direction;
import io.nvme4j.cli.result.RunResult.ThreadResult;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/** KiB/s of several jobs together, which the bandwidth of each is told as a share of. */
final class GroupBandwidth {
    private final ToIntFunction<ThreadResult> group;
    private final Map<Integer, double[]> sums = new HashMap<>();

    /**
     * @param group number of the group that a job belongs to
     */
    GroupBandwidth(List<ThreadResult> jobs, ToIntFunction<ThreadResult> group) {
        this.group = group;
        for (ThreadResult job : jobs) {
            for (Direction direction : Direction.values()) {
                sums(job)[direction.index()] += FioDirection.bandwidth(job, direction).mean();
            }
        }
    }

    private double[] sums(ThreadResult job) {
        return sums.computeIfAbsent(
                group.applyAsInt(job), key -> new double[Direction.values().length]);
    }

    /** Of all jobs in the group of this one. */
    double of(ThreadResult job, Direction direction) {
        return sums(job)[direction.index()];
    }
}
