// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec;

/** Identifiers of features (Base Specification, "Feature Identifiers"). */
public enum FeatureIdentifier {
    /** Arbitration decides how many commands the controller takes of each queue's in turn. */
    ARBITRATION(0x01),
    /** Power Management is the controller's power state. */
    POWER_MANAGEMENT(0x02),
    /** LBA Range Type says what ranges of a namespace's blocks are used for. */
    LBA_RANGE_TYPE(0x03),
    /** Temperature Threshold says from which temperature on the controller tells of it. */
    TEMPERATURE_THRESHOLD(0x04),
    /** Error Recovery limits the time that a namespace tries to read or write again. */
    ERROR_RECOVERY(0x05),
    /** Volatile Write Cache turns the cache on or off. */
    VOLATILE_WRITE_CACHE(0x06),
    /** Number of Queues is how many I/O queues host and controller have agreed upon. */
    NUMBER_OF_QUEUES(0x07),
    /** Interrupt Coalescing decides how many completions one interrupt tells of. */
    INTERRUPT_COALESCING(0x08),
    /** Interrupt Vector Configuration excepts an interrupt vector from coalescing. */
    INTERRUPT_VECTOR_CONFIGURATION(0x09),
    /** Write Atomicity Normal decides whether writes are atomic beyond a power failure's unit. */
    WRITE_ATOMICITY_NORMAL(0x0A),
    /** Asynchronous Event Configuration decides which events the controller tells. */
    ASYNCHRONOUS_EVENT_CONFIGURATION(0x0B),
    /** Autonomous Power State Transition lets an idle controller save power by itself. */
    AUTONOMOUS_POWER_STATE_TRANSITION(0x0C),
    /** Host Memory Buffer lends the controller memory of the host's. */
    HOST_MEMORY_BUFFER(0x0D),
    /** Timestamp is the time by the controller's clock. */
    TIMESTAMP(0x0E),
    /** Keep Alive Timer says how long the controller goes on without a sign of the host. */
    KEEP_ALIVE_TIMER(0x0F),
    /** Host Controlled Thermal Management says at which temperatures the controller slows down. */
    HOST_CONTROLLED_THERMAL_MANAGEMENT(0x10),
    /** Non-Operational Power State Config allows background work to take more power. */
    NON_OPERATIONAL_POWER_STATE_CONFIGURATION(0x11),
    /** Host Behavior Support tells the controller what the host knows of. */
    HOST_BEHAVIOR_SUPPORT(0x16),
    /** Software Progress Marker counts the starts of a host that did not end. */
    SOFTWARE_PROGRESS_MARKER(0x80),
    /** Host Identifier names the host, for reservations. */
    HOST_IDENTIFIER(0x81),
    /** Reservation Notification Mask says which changes of reservations are not told. */
    RESERVATION_NOTIFICATION_MASK(0x82),
    /** Reservation Persistence decides whether reservations outlive a power loss. */
    RESERVATION_PERSISTENCE(0x83),
    /** Namespace Write Protection Config forbids writes to a namespace. */
    NAMESPACE_WRITE_PROTECTION_CONFIGURATION(0x84);

    private final int value;

    FeatureIdentifier(int value) {
        this.value = value;
    }

    /** {@return the identifier, 0 to 255} */
    public int value() {
        return value;
    }
}
