// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec;

import java.util.Arrays;
import java.util.Optional;

/** Opcodes of the Admin Command Set (Base Specification, "Opcodes for Admin Commands"). */
public enum AdminOpcode {
    DELETE_IO_SUBMISSION_QUEUE(0x00),
    CREATE_IO_SUBMISSION_QUEUE(0x01),
    GET_LOG_PAGE(0x02),
    DELETE_IO_COMPLETION_QUEUE(0x04),
    CREATE_IO_COMPLETION_QUEUE(0x05),
    IDENTIFY(0x06),
    ABORT(0x08),
    SET_FEATURES(0x09),
    GET_FEATURES(0x0A),
    ASYNCHRONOUS_EVENT_REQUEST(0x0C),
    NAMESPACE_MANAGEMENT(0x0D),
    FIRMWARE_COMMIT(0x10),
    FIRMWARE_IMAGE_DOWNLOAD(0x11),
    DEVICE_SELF_TEST(0x14),
    NAMESPACE_ATTACHMENT(0x15),
    KEEP_ALIVE(0x18),
    DIRECTIVE_SEND(0x19),
    DIRECTIVE_RECEIVE(0x1A),
    VIRTUALIZATION_MANAGEMENT(0x1C),
    NVME_MI_SEND(0x1D),
    NVME_MI_RECEIVE(0x1E),
    CAPACITY_MANAGEMENT(0x20),
    LOCKDOWN(0x24),
    DOORBELL_BUFFER_CONFIG(0x7C),
    FABRICS(0x7F),
    FORMAT_NVM(0x80),
    SECURITY_SEND(0x81),
    SECURITY_RECEIVE(0x82),
    SANITIZE(0x84),
    GET_LBA_STATUS(0x86);

    private final int value;

    AdminOpcode(int value) {
        this.value = value;
    }

    /** The opcode, 0 to 255. */
    public int value() {
        return value;
    }

    /** The command with this opcode; empty for a vendor's or an unknown one. */
    public static Optional<AdminOpcode> fromValue(int value) {
        return Arrays.stream(values()).filter(opcode -> opcode.value == value).findFirst();
    }
}
