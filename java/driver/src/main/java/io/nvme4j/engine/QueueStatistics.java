// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import io.nvme4j.internal.engine.Lane;
import io.nvme4j.internal.engine.LaneCounters;

/**
 * What a queue pair of an engine has done so far. Counts are read one by one while the reactor goes
 * on, so they need not fit each other to the last command.
 *
 * @param submitted commands given to the controller
 * @param completed commands and transfers whose handlers were told, whatever their status
 * @param failed those with a status other than success, time-outs and cancellations included
 * @param timedOut those whose handlers were told that they took too long
 * @param late commands that completed after that
 * @param aborts Abort commands sent
 * @param exchanges native calls; submitted / exchanges tells how large batches are
 * @param recoveries times that the queue pair was made anew
 * @param inFlight commands that the controller has now
 * @param waiting requests that were published and are still in the ring
 */
public record QueueStatistics(
        long submitted,
        long completed,
        long failed,
        long timedOut,
        long late,
        long aborts,
        long exchanges,
        long recoveries,
        int inFlight,
        int waiting) {

    /** What a lane's queue pair has done. */
    static QueueStatistics of(Lane lane) {
        LaneCounters counters = lane.commands().counters();
        return new QueueStatistics(
                counters.submitted.get(),
                counters.completed.get(),
                counters.failed.get(),
                counters.timedOut.get(),
                counters.late.get(),
                counters.aborts.get(),
                counters.exchanges.get(),
                counters.recoveries.get(),
                (int) counters.inFlight.get(),
                lane.waiting());
    }

    /** The sum of two queue pairs. */
    QueueStatistics plus(QueueStatistics other) {
        return new QueueStatistics(
                submitted + other.submitted,
                completed + other.completed,
                failed + other.failed,
                timedOut + other.timedOut,
                late + other.late,
                aborts + other.aborts,
                exchanges + other.exchanges,
                recoveries + other.recoveries,
                inFlight + other.inFlight,
                waiting + other.waiting);
    }
}
