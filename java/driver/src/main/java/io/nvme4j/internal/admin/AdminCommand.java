// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.admin;

import io.nvme4j.internal.queue.SubmissionRecord;

import java.lang.foreign.MemorySegment;

/**
 * An admin command as it is sent: its dwords, and its data.
 *
 * @param opcode CDW0 bits 7:0
 * @param namespace NSID
 * @param dwords CDW2 and 3, 10 and 11, 12 and 13, 14 and 15, the first of each two in the lower
 *     half
 * @param room most bytes that the controller may move, as far as anybody knows; 0 for no data
 * @param toController what is sent, no longer than the room; empty where nothing is
 * @param toHost bytes that the caller wants of what the controller sends
 */
public record AdminCommand(
        int opcode,
        int namespace,
        Dwords dwords,
        long room,
        MemorySegment toController,
        int toHost) {
    /** Dwords of a command that are its own, two and two. */
    public record Dwords(long from2, long from10, long from12, long from14) {}

    void put(long record) {
        SubmissionRecord.putCommand(record, opcode, namespace, dwords.from10(), dwords.from12());
        SubmissionRecord.putOtherDwords(record, dwords.from2(), dwords.from14());
    }
}
