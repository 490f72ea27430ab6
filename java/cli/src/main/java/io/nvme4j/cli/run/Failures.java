// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run;

import io.nvme4j.cli.job.Job;
import io.nvme4j.cli.job.workload.Direction;
import io.nvme4j.cli.target.Target;

import java.util.Locale;

/**
 * Commands of a queue that failed: counted, and told of, or the end of the run, as the job says.
 * Off the hot path.
 */
final class Failures {
    private final Job job;
    private final Target target;
    private final RunControl control;
    private long count;

    Failures(Job job, Target target, RunControl control) {
        this.job = job;
        this.target = target;
        this.control = control;
    }

    void add(Direction direction, long startingLba, int blocks, String reason) {
        count++;
        String message =
                "%s of %d blocks at LBA %d of %s failed: %s"
                        .formatted(
                                direction == Direction.TRIM
                                        ? "deallocation"
                                        : direction.name().toLowerCase(Locale.ROOT),
                                blocks,
                                startingLba,
                                target.label(),
                                reason);
        if (!job.errors().tolerated().contains(direction)) {
            control.fail(message);
        } else if (count % job.errors().every() == 0) {
            control.warn(message);
        }
    }

    long count() {
        return count;
    }
}
