// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job;

import java.util.Map;

/**
 * When commands are issued: each as soon as there is a slot, or at a rate.
 *
 * @param rates of the directions that have one
 * @param poisson whether times between commands are exponentially distributed, else all alike
 * @param minimums least rates of directions, below which the run fails
 * @param cycleNanos over which these are averaged
 * @param thinkNanos a job rests for so long, or 0
 * @param thinkBlocks after each so many commands
 */
public record Pacing(
        Map<Direction, Rate> rates,
        boolean poisson,
        Map<Direction, Rate> minimums,
        long cycleNanos,
        long thinkNanos,
        int thinkBlocks) {
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
