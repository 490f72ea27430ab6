// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec;

import java.util.Arrays;
import java.util.Optional;

/** Opcodes of the Admin Command Set (Base Specification, "Opcodes for Admin Commands"). */
public enum AdminOpcode {
    /** Delete I/O Submission Queue ends one, and the commands that are on it. */
    DELETE_IO_SUBMISSION_QUEUE(0x00, DataLength.UNKNOWN),
    /** Create I/O Submission Queue makes a queue that the controller takes commands from. */
    CREATE_IO_SUBMISSION_QUEUE(0x01, DataLength.UNKNOWN),
    /** Get Log Page reads a log page, or a part of it. */
    GET_LOG_PAGE(0x02, DataLength.counted(10, 16, 32, 4)),
    /** Delete I/O Completion Queue ends one that no submission queue uses any more. */
    DELETE_IO_COMPLETION_QUEUE(0x04, DataLength.UNKNOWN),
    /** Create I/O Completion Queue makes a queue that the controller writes completions to. */
    CREATE_IO_COMPLETION_QUEUE(0x05, DataLength.UNKNOWN),
    /** Identify reads a structure about the controller, a namespace or the subsystem. */
    IDENTIFY(0x06, DataLength.STRUCTURE),
    /** Abort ends a command that was submitted, if the controller can. */
    ABORT(0x08, DataLength.NONE),
    /** Set Features changes a feature's value. */
    SET_FEATURES(0x09, DataLength.STRUCTURE.atMost()),
    /** Get Features reads a feature's value. */
    GET_FEATURES(0x0A, DataLength.STRUCTURE.atMost()),
    /** Asynchronous Event Request completes when the controller has an event to tell. */
    ASYNCHRONOUS_EVENT_REQUEST(0x0C, DataLength.UNKNOWN),
    /** Namespace Management creates and deletes namespaces. */
    NAMESPACE_MANAGEMENT(0x0D, DataLength.STRUCTURE.where(10, 4)),
    /** Firmware Commit puts an image into a slot, or activates it. */
    FIRMWARE_COMMIT(0x10, DataLength.NONE),
    /** Firmware Image Download gives the controller a part of an image. */
    FIRMWARE_IMAGE_DOWNLOAD(0x11, DataLength.countedDwords(10)),
    /** Device Self-test begins or aborts a test of the controller. */
    DEVICE_SELF_TEST(0x14, DataLength.NONE),
    /** Namespace Attachment attaches controllers to a namespace, or detaches them. */
    NAMESPACE_ATTACHMENT(0x15, DataLength.STRUCTURE),
    /** Keep Alive restarts the keep alive timer. */
    KEEP_ALIVE(0x18, DataLength.NONE),
    /** Directive Send sets up a directive type, such as streams. */
    DIRECTIVE_SEND(0x19, DataLength.countedDwords(10).atMost()),
    /** Directive Receive reads what a directive type has to say. */
    DIRECTIVE_RECEIVE(0x1A, DataLength.countedDwords(10).atMost()),
    /** Virtualization Management gives resources to primary and secondary controllers. */
    VIRTUALIZATION_MANAGEMENT(0x1C, DataLength.NONE),
    /** NVMe-MI Send gives the management interface a message. */
    NVME_MI_SEND(0x1D, DataLength.UNKNOWN),
    /** NVMe-MI Receive takes a management interface's answer. */
    NVME_MI_RECEIVE(0x1E, DataLength.UNKNOWN),
    /** Capacity Management makes and deletes endurance groups and NVM sets. */
    CAPACITY_MANAGEMENT(0x20, DataLength.NONE),
    /** Lockdown forbids or allows commands and features. */
    LOCKDOWN(0x24, DataLength.NONE),
    /** Doorbell Buffer Config gives an emulated controller shadow doorbells. */
    DOORBELL_BUFFER_CONFIG(0x7C, DataLength.UNKNOWN),
    /** Fabrics commands have this opcode, and a type of their own. */
    FABRICS(0x7F, DataLength.UNKNOWN),
    /** Format NVM gives namespaces a format and erases their data. */
    FORMAT_NVM(0x80, DataLength.NONE),
    /** Security Send gives data to a security protocol. */
    SECURITY_SEND(0x81, DataLength.inDword(11)),
    /** Security Receive takes the answer of a security protocol. */
    SECURITY_RECEIVE(0x82, DataLength.inDword(11)),
    /** Sanitize begins to erase all of the subsystem's data beyond recovery. */
    SANITIZE(0x84, DataLength.NONE),
    /** Get LBA Status lists blocks that may not be readable. */
    GET_LBA_STATUS(0x86, DataLength.countedDwords(12));

    private final int value;

    @SuppressWarnings("ImmutableEnumChecker") // it has nothing that changes
    private final DataLength dataLength;

    AdminOpcode(int value, DataLength dataLength) {
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
    public static Optional<AdminOpcode> fromValue(int value) {
        return Arrays.stream(values()).filter(opcode -> opcode.value == value).findFirst();
    }
}
