// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run;

import java.util.concurrent.TimeUnit;

/** When threads of a run that have not ended are given up. One thread at a time. */
final class Deadline {
    private final long grace;
    private long end;

    /**
     * @param seconds that the run takes at most, or 0 where that isn't known
     * @param graceSeconds that it may take to end after that, or after it was told to stop
     */
    Deadline(int seconds, int graceSeconds) {
        this.grace = TimeUnit.SECONDS.toNanos(graceSeconds);
        long run = seconds == 0 ? Long.MAX_VALUE / 2 : TimeUnit.SECONDS.toNanos(seconds) + grace;
        this.end = System.nanoTime() + run;
    }

    boolean isOver(boolean isStopped) {
        long now = System.nanoTime();
        if (isStopped && end - now > grace) {
            end = now + grace;
        }
        return now - end > 0;
    }
}
