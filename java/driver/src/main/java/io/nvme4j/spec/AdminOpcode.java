// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec;

import java.util.Arrays;
import java.util.Optional;

/** Opcodes of the Admin Command Set (Base Specification, "Opcodes for Admin Commands"). */
public enum AdminOpcode {
    DELETE_IO_SUBMISSION_QUEUE(0x00, DataLength.UNKNOWN),
    CREATE_IO_SUBMISSION_QUEUE(0x01, DataLength.UNKNOWN),
    GET_LOG_PAGE(0x02, DataLength.counted(10, 16, 32, 4)),
    DELETE_IO_COMPLETION_QUEUE(0x04, DataLength.UNKNOWN),
    CREATE_IO_COMPLETION_QUEUE(0x05, DataLength.UNKNOWN),
    IDENTIFY(0x06, DataLength.STRUCTURE),
    ABORT(0x08, DataLength.NONE),
    SET_FEATURES(0x09, DataLength.STRUCTURE.atMost()),
    GET_FEATURES(0x0A, DataLength.STRUCTURE.atMost()),
    ASYNCHRONOUS_EVENT_REQUEST(0x0C, DataLength.UNKNOWN),
    NAMESPACE_MANAGEMENT(0x0D, DataLength.STRUCTURE.where(10, 4)),
    FIRMWARE_COMMIT(0x10, DataLength.NONE),
    FIRMWARE_IMAGE_DOWNLOAD(0x11, DataLength.countedDwords(10)),
    DEVICE_SELF_TEST(0x14, DataLength.NONE),
    NAMESPACE_ATTACHMENT(0x15, DataLength.STRUCTURE),
    KEEP_ALIVE(0x18, DataLength.NONE),
    DIRECTIVE_SEND(0x19, DataLength.countedDwords(10).atMost()),
    DIRECTIVE_RECEIVE(0x1A, DataLength.countedDwords(10).atMost()),
    VIRTUALIZATION_MANAGEMENT(0x1C, DataLength.NONE),
    NVME_MI_SEND(0x1D, DataLength.UNKNOWN),
    NVME_MI_RECEIVE(0x1E, DataLength.UNKNOWN),
    CAPACITY_MANAGEMENT(0x20, DataLength.NONE),
    LOCKDOWN(0x24, DataLength.NONE),
    DOORBELL_BUFFER_CONFIG(0x7C, DataLength.UNKNOWN),
    FABRICS(0x7F, DataLength.UNKNOWN),
    FORMAT_NVM(0x80, DataLength.NONE),
    SECURITY_SEND(0x81, DataLength.inDword(11)),
    SECURITY_RECEIVE(0x82, DataLength.inDword(11)),
    SANITIZE(0x84, DataLength.NONE),
    GET_LBA_STATUS(0x86, DataLength.countedDwords(12));

    private final int value;

    @SuppressWarnings("ImmutableEnumChecker") // it has nothing that changes
    private final DataLength dataLength;

    AdminOpcode(int value, DataLength dataLength) {
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
    public static Optional<AdminOpcode> fromValue(int value) {
        return Arrays.stream(values()).filter(opcode -> opcode.value == value).findFirst();
    }
}
