// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.engine;

/** What a lane counts. Its reactor writes; {@code QueueStatistics} says what each of them is. */
public final class LaneCounters {
    public final Counter submitted = new Counter();
    public final Counter completed = new Counter();
    public final Counter failed = new Counter();
    public final Counter timedOut = new Counter();
    public final Counter late = new Counter();
    public final Counter aborts = new Counter();
    public final Counter exchanges = new Counter();
    public final Counter recoveries = new Counter();
    public final Counter inFlight = new Counter();

    /** Counts what a handler was told. */
    void told(int status) {
        completed.add(1);
        if (status != 0) {
            failed.add(1);
        }
        if (status == LaneDeadlines.TIMED_OUT) {
            timedOut.add(1);
        }
    }
}
