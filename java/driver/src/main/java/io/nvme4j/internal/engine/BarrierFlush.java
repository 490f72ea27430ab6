// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.engine;

import io.nvme4j.internal.queue.NvmCommand;

/**
 * A Flush after everything that was published to the lanes before: each lane arrives at the barrier
 * when it has nothing in flight, and the last to arrive sends the Flush.
 */
public final class BarrierFlush implements Special {
    private final Barrier barrier;
    private final int namespace;

    public BarrierFlush(Barrier barrier, int namespace) {
        this.barrier = barrier;
        this.namespace = namespace;
    }

    @Override
    public boolean start(Lane lane, Caller caller) {
        if (!lane.isIdle()) {
            return false;
        }
        if (barrier.arrive()) {
            send(
                    lane,
                    new Caller(
                            barrier.caller(), caller.tag(), caller.sequence(), caller.deadline()));
        }
        return true;
    }

    private void send(Lane lane, Caller caller) {
        if (barrier.failure() != 0) {
            lane.tell(caller, barrier.failure());
            return;
        }
        long record = lane.ownRecords().begin();
        NvmCommand.putFlush(record, namespace);
        lane.await(lane.queue().take(record), caller, record);
        lane.submit(1);
    }
}
