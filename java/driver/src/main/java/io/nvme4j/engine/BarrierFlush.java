// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import io.nvme4j.queue.SubmissionRecord;
import io.nvme4j.spec.NvmOpcode;

/**
 * A Flush after everything that was published to the lanes before: each lane arrives at the barrier
 * when it has nothing in flight, and the last to arrive sends the Flush.
 */
final class BarrierFlush implements Special {
    private final Barrier barrier;
    private final int namespace;

    BarrierFlush(Barrier barrier, int namespace) {
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
        int slot = lane.queue().nextSlot();
        long record = lane.ownRecords().begin();
        SubmissionRecord.putCommand(record, NvmOpcode.FLUSH.value(), namespace, 0, 0);
        SubmissionRecord.putNoData(record);
        lane.take(slot, record);
        lane.await(slot, caller, record);
        lane.submit(1);
    }
}
