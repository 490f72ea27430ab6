// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job;

/**
 * The job looks for the greatest queue depth at which latencies keep below a target.
 *
 * @param targetNanos the latency
 * @param windowNanos how long each depth is tried
 * @param percentile of the commands that have to keep below it
 * @param keepRunning whether the job goes on when it has found the depth
 */
public record LatencyGoal(
        long targetNanos, long windowNanos, double percentile, boolean keepRunning) {}
