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
    public boolean start(LaneCommands commands, Caller caller) {
        CommandQueue queue = commands.queue();
        if (queue.available() < 2) {
            return false;
        }
        if (!compare.isAlive() || !write.isAlive()) {
            commands.tell(caller, Errno.EFAULT << 16);
            return true;
        }
        Parts parts = new Parts(commands, caller);
        put(commands, parts, 0, COMPARE | FUSED_FIRST, 0);
        put(commands, parts, 1, WRITE | FUSED_SECOND, access);
        parts.close();
        commands.submit(2);
        return true;
    }

    private void put(LaneCommands commands, Parts parts, int part, int opcode, long control) {
        DmaBuffer buffer = part == 0 ? compare : write;
        long offset = part == 0 ? compareOffset : writeOffset;
        long record = commands.ownRecords().begin() + part * SubmissionRecord.BYTES;
        NvmCommand.putBlocks(record, opcode, namespace.id(), startingLba, blocks, control);
        int slot = commands.queue().take(record, Buffers.mapped(buffer), offset, length);
        commands.await(slot, parts.next(), record);
    }
}
