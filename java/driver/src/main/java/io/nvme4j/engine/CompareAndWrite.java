// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import io.nvme4j.CompletionHandler;
import io.nvme4j.Namespace;
import io.nvme4j.error.Errno;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.queue.CommandQueue;
import io.nvme4j.queue.SubmissionRecord;
import io.nvme4j.spec.NvmOpcode;

/**
 * A fused Compare and Write (Base Specification, "Fused Operations"): two commands that follow each
 * other in the queue and go out with one doorbell. The caller is told once, when both have
 * completed.
 *
 * @param length bytes of each of the two
 * @param access CDW12's bits of the Write, such as FUA
 */
record CompareAndWrite(
        Namespace namespace,
        long startingLba,
        int blocks,
        DmaBuffer compare,
        long compareOffset,
        DmaBuffer write,
        long writeOffset,
        long length,
        long access)
        implements Special {
    /** CDW0 bits 9:8, FUSE. */
    private static final int FUSED_FIRST = 1 << 8;

    private static final int FUSED_SECOND = 2 << 8;

    @Override
    public boolean start(Lane lane, Caller caller) {
        CommandQueue queue = lane.queue();
        if (queue.available() < 2) {
            return false;
        }
        if (!compare.isAlive() || !write.isAlive()) {
            lane.tell(caller, Errno.EFAULT << 16);
            return true;
        }
        Outcome outcome = new Outcome(caller);
        put(lane, outcome, 0, NvmOpcode.COMPARE.value() | FUSED_FIRST, 0);
        put(lane, outcome, 1, NvmOpcode.WRITE.value() | FUSED_SECOND, access);
        lane.submit(2);
        return true;
    }

    private void put(Lane lane, Outcome outcome, int part, int opcode, long control) {
        DmaBuffer buffer = part == 0 ? compare : write;
        long offset = part == 0 ? compareOffset : writeOffset;
        CommandQueue queue = lane.queue();
        long record = lane.ownRecords().begin() + part * SubmissionRecord.BYTES;
        int slot = queue.nextSlot();
        SubmissionRecord.putCommand(
                record, opcode, namespace.id(), startingLba, blocks - 1 | control);
        queue.mapData(slot, record, buffer.mapped(), offset, length);
        lane.take(slot, record);
        Caller caller = outcome.caller;
        lane.await(slot, new Caller(outcome, part, caller.sequence(), caller.deadline()), record);
    }

    /**
     * Collects the two completions: the Compare's status says more than what the Write makes of it.
     */
    private static final class Outcome implements CompletionHandler {
        private final Caller caller;
        private final int[] statuses = new int[2];
        private int left = 2;

        Outcome(Caller caller) {
            this.caller = caller;
        }

        @Override
        public void onCompletion(long part, int status, int result) {
            statuses[(int) part] = status;
            if (--left == 0) {
                int first = statuses[0] != 0 ? statuses[0] : statuses[1];
                caller.handler().onCompletion(caller.tag(), first, 0);
            }
        }
    }
}
