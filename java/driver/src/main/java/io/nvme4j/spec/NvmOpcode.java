// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec;

import java.util.Arrays;
import java.util.Optional;

/**
 * Opcodes of I/O commands: those of all command sets (Base Specification, "Opcodes for I/O
 * Commands") and of the NVM Command Set ("Opcodes for NVM Commands").
 */
public enum NvmOpcode {
    /** Flush makes what was written to a namespace outlive a loss of power. */
    FLUSH(0x00, DataLength.NONE),
    /** Write writes logical blocks. */
    WRITE(0x01, DataLength.BLOCKS),
    /** Read reads logical blocks. */
    READ(0x02, DataLength.BLOCKS),
    /** Write Uncorrectable makes reads of blocks fail until they are written again. */
    WRITE_UNCORRECTABLE(0x04, DataLength.NONE),
    /** Compare reads blocks and compares them with the host's data. */
    COMPARE(0x05, DataLength.BLOCKS),
    /** Write Zeroes makes blocks read as zeroes, without data of the host's. */
    WRITE_ZEROES(0x08, DataLength.NONE),
    /** Dataset Management tells of the use of ranges, as that they may be deallocated. */
    DATASET_MANAGEMENT(0x09, DataLength.counted(10, 0, 8, 16)), // range definitions
    /** Verify reads blocks and checks them, without giving the data to the host. */
    VERIFY(0x0C, DataLength.NONE),
    /** Reservation Register registers, unregisters or replaces a host's key. */
    RESERVATION_REGISTER(0x0D, DataLength.bytes(16)), // two keys
    /** Reservation Report lists who is registered, and who has the reservation. */
    RESERVATION_REPORT(0x0E, DataLength.countedDwords(10)),
    /** Reservation Acquire acquires or preempts a reservation. */
    RESERVATION_ACQUIRE(0x11, DataLength.bytes(16)), // two keys
    /** I/O Management Receive reads what I/O Management Send set up, as placement handles. */
    IO_MANAGEMENT_RECEIVE(0x12, DataLength.countedDwords(11)),
    /** Reservation Release releases or clears a reservation. */
    RESERVATION_RELEASE(0x15, DataLength.bytes(8)), // a key
    /** Cancel ends commands of the same submission queue, if the controller can. */
    CANCEL(0x18, DataLength.NONE),
    /** Copy copies ranges of blocks to another place in the device. */
    COPY(0x19, DataLength.counted(12, 0, 8, 32)), // source range entries
    /** I/O Management Send manages I/O, as the use of reclaim units. */
    IO_MANAGEMENT_SEND(0x1D, DataLength.counted(10, 16, 16, 2)); // placement identifiers

    private final int value;

    @SuppressWarnings("ImmutableEnumChecker") // it has nothing that changes
    private final DataLength dataLength;

    NvmOpcode(int value, DataLength dataLength) {
        this.value = value;
        this.dataLength = dataLength;
    }

    /** {@return the opcode, 0 to 255} */
    public int value() {
        return value;
    }

    /** {@return how much data a command with this opcode has} */
    public DataLength dataLength() {
        return dataLength;
    }

    /**
     * {@return the command with this opcode; empty for a vendor's or an unknown one}
     *
     * @param value the opcode, 0 to 255
     */
    public static Optional<NvmOpcode> fromValue(int value) {
        return Arrays.stream(values()).filter(opcode -> opcode.value == value).findFirst();
    }
}
