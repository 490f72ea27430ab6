// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec;

import java.util.Arrays;
import java.util.Optional;

/**
 * Opcodes of I/O commands: those of all command sets (Base Specification, "Opcodes for I/O
 * Commands") and of the NVM Command Set ("Opcodes for NVM Commands").
 */
public enum NvmOpcode {
    FLUSH(0x00),
    WRITE(0x01),
    READ(0x02),
    WRITE_UNCORRECTABLE(0x04),
    COMPARE(0x05),
    WRITE_ZEROES(0x08),
    DATASET_MANAGEMENT(0x09),
    VERIFY(0x0C),
    RESERVATION_REGISTER(0x0D),
    RESERVATION_REPORT(0x0E),
    RESERVATION_ACQUIRE(0x11),
    IO_MANAGEMENT_RECEIVE(0x12),
    RESERVATION_RELEASE(0x15),
    CANCEL(0x18),
    COPY(0x19),
    IO_MANAGEMENT_SEND(0x1D);

    private final int value;

    NvmOpcode(int value) {
        this.value = value;
    }

    /** The opcode, 0 to 255. */
    public int value() {
        return value;
    }

    /** The command with this opcode; empty for a vendor's or an unknown one. */
    public static Optional<NvmOpcode> fromValue(int value) {
        return Arrays.stream(values()).filter(opcode -> opcode.value == value).findFirst();
    }
}
