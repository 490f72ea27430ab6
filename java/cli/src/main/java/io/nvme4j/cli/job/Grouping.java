// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job;

/**
 * How a job runs and is reported together with others.
 *
 * @param stonewall whether it waits for all jobs before it to end
 * @param newGroup whether reporting begins a new group with it
 * @param exitAll whether all jobs end when it does
 * @param reportsGroup whether its copies, and the jobs of its group, are reported as one
 */
public record Grouping(
        boolean stonewall, boolean newGroup, boolean exitAll, boolean reportsGroup) {}
