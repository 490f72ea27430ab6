// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec;

/** Identifiers of log pages (Base Specification, "Get Log Page - Log Page Identifiers"). */
public enum LogPageIdentifier {
    SUPPORTED_LOG_PAGES(0x00),
    ERROR_INFORMATION(0x01),
    SMART_HEALTH(0x02),
    FIRMWARE_SLOT_INFORMATION(0x03),
    CHANGED_ATTACHED_NAMESPACE_LIST(0x04),
    COMMANDS_SUPPORTED_AND_EFFECTS(0x05),
    DEVICE_SELF_TEST(0x06),
    TELEMETRY_HOST_INITIATED(0x07),
    TELEMETRY_CONTROLLER_INITIATED(0x08),
    ENDURANCE_GROUP_INFORMATION(0x09),
    ASYMMETRIC_NAMESPACE_ACCESS(0x0C),
    PERSISTENT_EVENT(0x0D),
    LBA_STATUS_INFORMATION(0x0E),
    DISCOVERY(0x70),
    RESERVATION_NOTIFICATION(0x80),
    SANITIZE_STATUS(0x81);

    private final int value;

    LogPageIdentifier(int value) {
        this.value = value;
    }

    /** The identifier, 0 to 255. */
    public int value() {
        return value;
    }
}
