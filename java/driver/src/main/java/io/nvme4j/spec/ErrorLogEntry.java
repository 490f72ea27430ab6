// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec;

import java.lang.foreign.MemorySegment;

/**
 * An entry of the Error Information log page (Base Specification, "Error Information Log Entry Data
 * Structure", log page identifier 01h).
 *
 * @param errorCount unique number of the error, counted up; 0 for an entry that isn't used
 * @param submissionQueueId queue of the command; 65535 for an error that no command had
 * @param commandId identifier of the command; 65535 for an error that no command had
 * @param status what the command completed with
 * @param parameterErrorLocation byte 7:0 and bit 10:8 of the command that is wrong; 65535 for none
 * @param lba first logical block that had the error
 * @param namespaceId namespace that the error is of
 * @param vendorSpecificLogPage log page that tells more; 0 for none
 * @param transportType (TRTYPE) of the transport that the error is of; 0 where not reported
 * @param commandSpecificInformation what the command's own description says
 */
public record ErrorLogEntry(
        long errorCount,
        int submissionQueueId,
        int commandId,
        Status status,
        int parameterErrorLocation,
        long lba,
        long namespaceId,
        int vendorSpecificLogPage,
        int transportType,
        long commandSpecificInformation) {
    /** Size of an entry in bytes. */
    public static final int BYTES = 64;

    /**
     * Copies an entry.
     *
     * @param segment of the log page, from the entry's first byte on
     * @return the entry, which later changes of the segment don't change
     * @throws IllegalArgumentException if there are fewer than {@link #BYTES} bytes
     */
    public static ErrorLogEntry of(MemorySegment segment) {
        Structure structure = Structure.copyOf(segment, BYTES, "an Error Information log entry");
        return new ErrorLogEntry(
                structure.u64(0),
                structure.u16(8),
                structure.u16(10),
                Status.of(structure.u16(12) >>> 1), // bit 0 is the phase tag
                structure.u16(14),
                structure.u64(16),
                structure.u32(24),
                structure.u8(28),
                structure.u8(29),
                structure.u64(32));
    }

    /** {@return whether the entry tells of an error} */
    public boolean isUsed() {
        return errorCount != 0;
    }
}
