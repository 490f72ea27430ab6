// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

import io.nvme4j.cli.job.Job;
import io.nvme4j.cli.load.CommandSource;
import io.nvme4j.cli.load.Span;

/**
 * A queue pair of a job's thread to a namespace, and which part of the job is its part.
 *
 * @param copy number of the thread, of those that do the same
 * @param part number of the queue pair, of those that share the job's depth and number of I/Os
 * @param parts how many do
 * @param rateFraction how much of the job's rates is this one's
 * @param seed of what is random
 */
record LaneSettings(
        Job job, Target target, int copy, int part, int parts, double rateFraction, long seed) {
    /** Commands in flight. */
    int depth() {
        return (int) share(job.depth());
    }

    /** Commands at most. */
    long numberOfIos() {
        long ios = job.limits().numberOfIos();
        return ios == 0 ? Long.MAX_VALUE : share(ios);
    }

    /** Bytes that it moves before the job is done; no limit where the job goes by time. */
    long bytes() {
        if (job.limits().timeBased()) {
            return Long.MAX_VALUE;
        }
        long whole = span().blocks() * target.namespace().blockSize();
        long amount =
                job.limits().ioSize().isNothing()
                        ? whole
                        : job.limits().ioSize().of(target.namespace().sizeInBytes());
        return share(amount) * job.limits().loops();
    }

    private long share(long whole) {
        return whole / parts + (part < whole % parts ? 1 : 0);
    }

    Span span() {
        return Span.of(job, target.namespace(), copy);
    }

    CommandSource source() {
        return new CommandSource(job, span(), target.namespace().blockSize(), rateFraction, seed);
    }
}
