// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.engine;

import static io.nvme4j.internal.queue.NvmCommand.COMPARE;
import static io.nvme4j.internal.queue.NvmCommand.FUSED_FIRST;
import static io.nvme4j.internal.queue.NvmCommand.FUSED_SECOND;
import static io.nvme4j.internal.queue.NvmCommand.WRITE;

import io.nvme4j.Namespace;
import io.nvme4j.error.Errno;
import io.nvme4j.internal.memory.Buffers;
import io.nvme4j.internal.queue.CommandQueue;
import io.nvme4j.internal.queue.NvmCommand;
import io.nvme4j.internal.queue.SubmissionRecord;
import io.nvme4j.memory.DmaBuffer;

/**
 * A fused Compare and Write (Base Specification, "Fused Operations"): two commands that follow each
 * other in the queue and go out with one doorbell. The caller is told once, when both have
 * completed; the Compare's status says more than what the Write makes of it.
 *
 * @param length bytes of each of the two
 * @param access CDW12's bits of the Write, such as FUA
 */
public record CompareAndWrite(
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
        Parts parts = new Parts(lane, caller);
        put(lane, parts, 0, COMPARE | FUSED_FIRST, 0);
        put(lane, parts, 1, WRITE | FUSED_SECOND, access);
        parts.close();
        lane.submit(2);
        return true;
    }

    private void put(Lane lane, Parts parts, int part, int opcode, long control) {
        DmaBuffer buffer = part == 0 ? compare : write;
        long offset = part == 0 ? compareOffset : writeOffset;
        long record = lane.ownRecords().begin() + part * SubmissionRecord.BYTES;
        NvmCommand.putBlocks(record, opcode, namespace.id(), startingLba, blocks, control);
        int slot = lane.queue().take(record, Buffers.mapped(buffer), offset, length);
        lane.await(slot, parts.next(), record);
    }
}
