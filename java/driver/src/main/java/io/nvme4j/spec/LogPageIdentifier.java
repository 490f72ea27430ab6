// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec;

/** Identifiers of log pages (Base Specification, "Get Log Page - Log Page Identifiers"). */
public enum LogPageIdentifier {
    /** Supported Log Pages lists the log pages that the controller has. */
    SUPPORTED_LOG_PAGES(0x00),
    /** Error Information has the last commands that failed: {@link ErrorLogEntry}. */
    ERROR_INFORMATION(0x01),
    /** SMART / Health Information says how worn and how warm the drive is: {@link SmartLog}. */
    SMART_HEALTH(0x02),
    /** Firmware Slot Information has the firmware revision of each slot. */
    FIRMWARE_SLOT_INFORMATION(0x03),
    /** Changed Attached Namespace List has the namespaces that changed since it was read last. */
    CHANGED_ATTACHED_NAMESPACE_LIST(0x04),
    /** Commands Supported and Effects says of each opcode what it does to the subsystem. */
    COMMANDS_SUPPORTED_AND_EFFECTS(0x05),
    /** Device Self-test has the results of the last tests. */
    DEVICE_SELF_TEST(0x06),
    /** Telemetry Host-Initiated has the vendor's data, gathered when the host asks. */
    TELEMETRY_HOST_INITIATED(0x07),
    /**
     * Telemetry Controller-Initiated has the vendor's data that the controller gathered by itself.
     */
    TELEMETRY_CONTROLLER_INITIATED(0x08),
    /** Endurance Group Information says how worn an endurance group is. */
    ENDURANCE_GROUP_INFORMATION(0x09),
    /** Asymmetric Namespace Access has the ANA state of each group. */
    ASYMMETRIC_NAMESPACE_ACCESS(0x0C),
    /** Persistent Event Log has events that outlive power cycles. */
    PERSISTENT_EVENT(0x0D),
    /** LBA Status Information says where blocks may not be readable. */
    LBA_STATUS_INFORMATION(0x0E),
    /** Discovery lists subsystems: {@link DiscoveryLogHeader}, {@link DiscoveryLogEntry}. */
    DISCOVERY(0x70),
    /** Reservation Notification tells of one change of a reservation. */
    RESERVATION_NOTIFICATION(0x80),
    /** Sanitize Status says how far a sanitize operation is. */
    SANITIZE_STATUS(0x81);

    private final int value;

    LogPageIdentifier(int value) {
        this.value = value;
    }

    /** {@return the identifier, 0 to 255} */
    public int value() {
        return value;
    }
}
