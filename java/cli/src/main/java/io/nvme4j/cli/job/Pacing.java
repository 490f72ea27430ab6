// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job;

import io.nvme4j.cli.job.workload.Direction;

import java.util.Map;
import java.util.Optional;

/**
 * When commands are issued: each as soon as there is a slot, or at a rate.
 *
 * @param rates of the directions that have one
 * @param poisson whether times between commands are exponentially distributed, else all alike
 * @param minimums least rates of directions, below which the run fails
 * @param cycleNanos over which these are averaged
 * @param thinkNanos a job rests for so long, or 0
 * @param thinkBlocks after each so many commands
 * @param flow what keeps it in proportion to others, if anything does
 */
public record Pacing(
        Map<Direction, Rate> rates,
        boolean poisson,
        Map<Direction, Rate> minimums,
        long cycleNanos,
        long thinkNanos,
        int thinkBlocks,
        Optional<Flow> flow) {
    /**
     * A job's part in a flow.
     *
     * @param id number of the flow
     * @param weight the more, the more of its commands
     * @param restNanos how long it rests when it is ahead of the others
     */
    public record Flow(int id, int weight, long restNanos) {}

    /**
     * A rate.
     *
     * @param perSecond commands, or bytes
     * @param ofBytes which of them
     */
    public record Rate(double perSecond, boolean ofBytes) {}

    /** Whether any direction has a rate. */
    public boolean isPaced() {
        return !rates.isEmpty();
    }
}
