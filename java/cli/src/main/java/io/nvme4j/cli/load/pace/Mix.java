// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.load.pace;

import io.nvme4j.cli.job.Job;
import io.nvme4j.cli.job.workload.Direction;
import io.nvme4j.cli.load.random.RandomNumbers;

/** Directions at random, by their percentages. */
public final class Mix {
    private static final int READ = Direction.READ.index();

    private final int readPercentage;
    private final int other;
    private final RandomNumbers random;

    public Mix(Job job, RandomNumbers random) {
        this.readPercentage = job.access().readPercentage();
        this.other = (job.has(Direction.TRIM) ? Direction.TRIM : Direction.WRITE).index();
        this.random = random;
    }

    /** Index of a direction. */
    int next() {
        boolean read =
                readPercentage == 100 || (readPercentage > 0 && random.below(100) < readPercentage);
        return read ? READ : other;
    }
}
