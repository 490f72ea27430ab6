// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec.feature;

/**
 * Which events a controller tells unasked ("Asynchronous Event Configuration").
 *
 * @param value the dword: a bit for each event, also of those that have no name here
 */
public record AsynchronousEventConfiguration(int value) {
    /** What an event is about. */
    public enum Event {
        /** A critical warning: spare blocks run out. */
        AVAILABLE_SPARE(0),
        /** A critical warning: a temperature threshold was crossed. */
        TEMPERATURE(1),
        /** A critical warning: the NVM subsystem is not reliable any more. */
        RELIABILITY(2),
        /** A critical warning: the media can be read only. */
        READ_ONLY(3),
        /** A critical warning: the backup of volatile memory has failed. */
        VOLATILE_MEMORY_BACKUP(4),
        /** A critical warning: the Persistent Memory Region can't be relied on, or written. */
        PERSISTENT_MEMORY_REGION(5),
        /** A namespace was attached, detached or changed. */
        NAMESPACE_ATTRIBUTE(8),
        /** Firmware is about to be activated. */
        FIRMWARE_ACTIVATION(9),
        /** The controller has something in its Telemetry log. */
        TELEMETRY_LOG(10),
        /** The access of a namespace by this controller has changed. */
        ASYMMETRIC_NAMESPACE_ACCESS(11),
        /** The Predictable Latency Event Aggregate log has changed. */
        PREDICTABLE_LATENCY(12),
        /** Blocks may not be readable: the LBA Status Information log tells which. */
        LBA_STATUS(13),
        /** The Endurance Group Event Aggregate log has changed. */
        ENDURANCE_GROUP(14),
        /** The NVM subsystem is shut down. */
        NORMAL_SUBSYSTEM_SHUTDOWN(15),
        /** Descriptors of zones have changed. */
        ZONE_DESCRIPTOR(27),
        /** The Discovery log page has changed. */
        DISCOVERY_LOG(31);

        private final int bit;

        Event(int bit) {
            this.bit = bit;
        }

        int mask() {
            return 1 << bit;
        }
    }

    /**
     * {@return whether the controller tells of an event}
     *
     * @param event to ask about
     */
    public boolean tells(Event event) {
        return (value & event.mask()) != 0;
    }

    /**
     * {@return this configuration with an event that the controller tells of}
     *
     * @param event that it tells of
     */
    public AsynchronousEventConfiguration with(Event event) {
        return new AsynchronousEventConfiguration(value | event.mask());
    }

    /**
     * {@return this configuration without an event}
     *
     * @param event that it is silent about
     */
    public AsynchronousEventConfiguration without(Event event) {
        return new AsynchronousEventConfiguration(value & ~event.mask());
    }
}
