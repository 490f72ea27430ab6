// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

/** What a lane counts. Its reactor writes; {@link QueueStatistics} says what each of them is. */
final class LaneCounters {
    final Counter submitted = new Counter();
    final Counter completed = new Counter();
    final Counter failed = new Counter();
    final Counter timedOut = new Counter();
    final Counter late = new Counter();
    final Counter aborts = new Counter();
    final Counter exchanges = new Counter();
    final Counter recoveries = new Counter();
    final Counter inFlight = new Counter();

    /** Counts what a handler was told. */
    void told(int status) {
        completed.add(1);
        if (status != 0) {
            failed.add(1);
        }
        if (status == Lane.TIMED_OUT) {
            timedOut.add(1);
        }
    }

    /**
     * What was counted.
     *
     * @param waiting requests in the ring
     */
    QueueStatistics read(int waiting) {
        return new QueueStatistics(
                submitted.get(),
                completed.get(),
                failed.get(),
                timedOut.get(),
                late.get(),
                aborts.get(),
                exchanges.get(),
                recoveries.get(),
                (int) inFlight.get(),
                waiting);
    }
}
