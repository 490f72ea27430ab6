// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job.read;

import io.nvme4j.cli.job.option.Settings;

/** Reads how many commands a job issues together. */
final class Batches {
    private Batches() {}

    /**
     * The number of free places in the queue at which commands are issued: the largest that an
     * option asks for. Those that were to be submitted together, to complete before others are
     * submitted, or to be let go by until few are left, are so then.
     */
    static int read(Settings job, int depth) {
        String message = "this is 0, for no such limit, or more";
        int submitted = job.integer("iodepth_batch", 1, 0, "this is 0, for the depth, or more");
        int completed = job.integer("iodepth_batch_complete_min", 1, 0, message);
        int low = job.integer("iodepth_low", depth, 0, message);
        int drained = low == 0 ? 0 : depth - low;
        int most = Math.max(Math.max(submitted == 0 ? depth : submitted, completed), drained);
        return Math.clamp(most, 1, depth);
    }
}
