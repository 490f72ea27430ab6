// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run;

import io.nvme4j.cli.job.workload.Direction;

/** What a queue's commands are for: numbers, as each slot has one, and the hot path reads it. */
final class Kind {
    static final int READ = Direction.READ.index();
    static final int WRITE = Direction.WRITE.index();
    static final int TRIM = Direction.TRIM.index();

    /** Of commands that read what was written, to check it. They are measured as reads. */
    static final int VERIFY = 3;

    /** Of commands that bring what was written to the medium. */
    static final int FLUSH = 4;

    /** Of the flush at the job's end. From here on nothing is measured. */
    static final int LAST_FLUSH = 5;

    /** Of commands that have failed, whatever they were. */
    static final int FAILED = 6;

    private Kind() {}

    static boolean reads(int kind) {
        return kind == READ || kind == VERIFY;
    }

    static boolean flushes(int kind) {
        return kind == FLUSH || kind == LAST_FLUSH;
    }

    static boolean isMeasured(int kind) {
        return kind < LAST_FLUSH;
    }

    /** Index of the direction that it counts as. */
    static int direction(int kind) {
        return kind <= TRIM ? kind : kind == VERIFY ? READ : WRITE;
    }
}
