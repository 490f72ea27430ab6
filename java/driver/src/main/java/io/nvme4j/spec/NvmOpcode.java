// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec;

import java.util.Arrays;
import java.util.Optional;

/**
 * Opcodes of I/O commands: those of all command sets (Base Specification, "Opcodes for I/O
 * Commands") and of the NVM Command Set ("Opcodes for NVM Commands").
 */
public enum NvmOpcode {
    FLUSH(0x00, DataLength.NONE),
    WRITE(0x01, DataLength.BLOCKS),
    READ(0x02, DataLength.BLOCKS),
    WRITE_UNCORRECTABLE(0x04, DataLength.NONE),
    COMPARE(0x05, DataLength.BLOCKS),
    WRITE_ZEROES(0x08, DataLength.NONE),
    DATASET_MANAGEMENT(0x09, DataLength.counted(10, 0, 8, 16)), // range definitions
    VERIFY(0x0C, DataLength.NONE),
    RESERVATION_REGISTER(0x0D, DataLength.bytes(16)), // two keys
    RESERVATION_REPORT(0x0E, DataLength.countedDwords(10)),
    RESERVATION_ACQUIRE(0x11, DataLength.bytes(16)), // two keys
    IO_MANAGEMENT_RECEIVE(0x12, DataLength.countedDwords(11)),
    RESERVATION_RELEASE(0x15, DataLength.bytes(8)), // a key
    CANCEL(0x18, DataLength.NONE),
    COPY(0x19, DataLength.counted(12, 0, 8, 32)), // source range entries
    IO_MANAGEMENT_SEND(0x1D, DataLength.counted(10, 16, 16, 2)); // placement identifiers

    private final int value;

    @SuppressWarnings("ImmutableEnumChecker") // it has nothing that changes
    private final DataLength dataLength;

    NvmOpcode(int value, DataLength dataLength) {
        this.value = value;
        this.dataLength = dataLength;
    }

    /** The opcode, 0 to 255. */
    public int value() {
        return value;
    }

    /** How much data a command with this opcode has. */
    public DataLength dataLength() {
        return dataLength;
    }

    /** The command with this opcode; empty for a vendor's or an unknown one. */
    public static Optional<NvmOpcode> fromValue(int value) {
        return Arrays.stream(values()).filter(opcode -> opcode.value == value).findFirst();
    }
}
