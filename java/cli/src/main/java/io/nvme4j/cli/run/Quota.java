// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run;

import io.nvme4j.cli.run.plan.QueuePlan;

/** How much a queue has yet to do: there is no limit until the measurement begins. */
final class Quota {
    private final long numberOfIos;
    private final long numberOfBytes;
    private final int bytesPerBlock;
    private boolean isLimited;
    private long iosLeft = Long.MAX_VALUE;
    private long bytesLeft = Long.MAX_VALUE;

    Quota(QueuePlan plan) {
        this.numberOfIos = plan.numberOfIos();
        this.numberOfBytes = plan.bytes();
        this.bytesPerBlock = plan.target().namespace().blockSize();
    }

    /** Limits count from now on. What is outstanding is part of the number of I/Os. */
    void begin(int outstanding) {
        iosLeft = numberOfIos == Long.MAX_VALUE ? numberOfIos : numberOfIos - outstanding;
        bytesLeft = numberOfBytes;
        isLimited = numberOfIos != Long.MAX_VALUE || numberOfBytes != Long.MAX_VALUE;
    }

    void take(int blocks) {
        if (isLimited) {
            iosLeft--;
            bytesLeft -= (long) blocks * bytesPerBlock;
        }
    }

    boolean isLeft() {
        return !isLimited || (iosLeft > 0 && bytesLeft > 0);
    }
}
