// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run.plan;

import io.nvme4j.cli.job.Job;

import java.util.List;

/**
 * A thread of a run.
 *
 * @param job that it does
 * @param copy its number, of those that do the same
 * @param group number of its reporting group
 * @param processor that it is pinned to, or -1
 * @param prefix of the labels of its results
 * @param suffix of them
 * @param queues its queue pairs
 */
public record ThreadPlan(
        Job job,
        int copy,
        int group,
        int processor,
        String prefix,
        String suffix,
        List<QueuePlan> queues) {
    ThreadPlan withQueues(List<QueuePlan> others) {
        return new ThreadPlan(job, copy, group, processor, prefix, suffix, others);
    }
}
