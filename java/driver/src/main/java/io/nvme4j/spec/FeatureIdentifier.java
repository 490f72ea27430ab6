// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec;

/** Identifiers of features (Base Specification, "Feature Identifiers"). */
public enum FeatureIdentifier {
    ARBITRATION(0x01),
    POWER_MANAGEMENT(0x02),
    LBA_RANGE_TYPE(0x03),
    TEMPERATURE_THRESHOLD(0x04),
    ERROR_RECOVERY(0x05),
    VOLATILE_WRITE_CACHE(0x06),
    NUMBER_OF_QUEUES(0x07),
    INTERRUPT_COALESCING(0x08),
    INTERRUPT_VECTOR_CONFIGURATION(0x09),
    WRITE_ATOMICITY_NORMAL(0x0A),
    ASYNCHRONOUS_EVENT_CONFIGURATION(0x0B),
    AUTONOMOUS_POWER_STATE_TRANSITION(0x0C),
    HOST_MEMORY_BUFFER(0x0D),
    TIMESTAMP(0x0E),
    KEEP_ALIVE_TIMER(0x0F),
    HOST_CONTROLLED_THERMAL_MANAGEMENT(0x10),
    NON_OPERATIONAL_POWER_STATE_CONFIGURATION(0x11),
    HOST_BEHAVIOR_SUPPORT(0x16),
    SOFTWARE_PROGRESS_MARKER(0x80),
    HOST_IDENTIFIER(0x81),
    RESERVATION_NOTIFICATION_MASK(0x82),
    RESERVATION_PERSISTENCE(0x83),
    NAMESPACE_WRITE_PROTECTION_CONFIGURATION(0x84);

    private final int value;

    FeatureIdentifier(int value) {
        this.value = value;
    }

    /** The identifier, 0 to 255. */
    public int value() {
        return value;
    }
}
