// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec.feature;

import io.nvme4j.spec.FeatureIdentifier;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;

/**
 * A feature, and how its value is written (Base Specification, "Feature Values"). Those that follow
 * are the standard ones; a vendor's can be made.
 *
 * @param <T> what a value of it is
 * @param identifier Feature Identifier (FID), 0 to 255
 * @param selector bits of CDW11 that a Get Features command has, and a Set Features command beside
 *     the value; 0 for most
 * @param dataLength bytes of a value's data, 0 to 4096
 * @param reader makes a value of what a controller answers; it takes whatever the answer may be
 * @param writer makes what a controller is sent
 */
public record Feature<T>(
        int identifier,
        int selector,
        int dataLength,
        Function<FeatureValue, T> reader,
        Function<T, FeatureValue> writer) {
    private static final int MOST_BYTES = 4096;
    private static final int IDENTIFIER_BYTES = 16;

    /* CDW11 bit 0 of Host Identifier: it has 128 bits. */
    private static final int EXTENDED = 1;

    private static final Field VECTOR = Field.of("an interrupt vector", 0, 16);
    private static final int COALESCING_DISABLE = 1 << 16;

    private static final Field LOADS = Field.of("a Pre-boot Software Load Count", 0, 8);

    /** How a controller takes commands from several queues. */
    public static final Feature<Arbitration> ARBITRATION =
            ofDword(FeatureIdentifier.ARBITRATION, Arbitration::of, Arbitration::dword);

    /** How much power a controller may take. */
    public static final Feature<PowerManagement> POWER_MANAGEMENT =
            ofDword(
                    FeatureIdentifier.POWER_MANAGEMENT,
                    PowerManagement::of,
                    PowerManagement::dword);

    /** What a controller does about errors; each namespace has its own. */
    public static final Feature<ErrorRecovery> ERROR_RECOVERY =
            ofDword(FeatureIdentifier.ERROR_RECOVERY, ErrorRecovery::of, ErrorRecovery::dword);

    /** Volatile Write Cache Enable (WCE). */
    public static final Feature<Boolean> VOLATILE_WRITE_CACHE =
            ofBit(FeatureIdentifier.VOLATILE_WRITE_CACHE);

    /** How many I/O queues there are. It can't be set: the driver has agreed upon it. */
    public static final Feature<NumberOfQueues> NUMBER_OF_QUEUES =
            ofDword(FeatureIdentifier.NUMBER_OF_QUEUES, NumberOfQueues::of, NumberOfQueues::dword);

    /** When a controller interrupts the host; this library doesn't wait for interrupts. */
    public static final Feature<InterruptCoalescing> INTERRUPT_COALESCING =
            ofDword(
                    FeatureIdentifier.INTERRUPT_COALESCING,
                    InterruptCoalescing::of,
                    InterruptCoalescing::dword);

    /**
     * Disable Normal (DN): whether writes need be atomic only as far as they must be at a power
     * failure.
     */
    public static final Feature<Boolean> WRITE_ATOMICITY_NORMAL =
            ofBit(FeatureIdentifier.WRITE_ATOMICITY_NORMAL);

    /** Which events a controller tells unasked. */
    public static final Feature<AsynchronousEventConfiguration> ASYNCHRONOUS_EVENT_CONFIGURATION =
            ofDword(
                    FeatureIdentifier.ASYNCHRONOUS_EVENT_CONFIGURATION,
                    AsynchronousEventConfiguration::new,
                    AsynchronousEventConfiguration::value);

    /** The time by a controller's clock. */
    public static final Feature<Timestamp> TIMESTAMP =
            ofData(FeatureIdentifier.TIMESTAMP, Timestamp.BYTES, Timestamp::of, Timestamp::data);

    /**
     * Keep Alive Timeout (KATO): how long a controller goes on without a sign of the host, in whole
     * milliseconds; 0 for ever. It can't be set: the driver keeps to it.
     */
    public static final Feature<Duration> KEEP_ALIVE_TIMER =
            ofDword(
                    FeatureIdentifier.KEEP_ALIVE_TIMER,
                    dword -> Duration.ofMillis(Integer.toUnsignedLong(dword)),
                    Feature::milliseconds);

    /** At which temperatures a controller makes itself slower. */
    public static final Feature<HostControlledThermalManagement>
            HOST_CONTROLLED_THERMAL_MANAGEMENT =
                    ofDword(
                            FeatureIdentifier.HOST_CONTROLLED_THERMAL_MANAGEMENT,
                            HostControlledThermalManagement::of,
                            HostControlledThermalManagement::dword);

    /**
     * Non-Operational Power State Permissive Mode Enable (NOPPME): whether a controller may take
     * more power for background work than its non-operational power state allows.
     */
    public static final Feature<Boolean> NON_OPERATIONAL_POWER_STATE_CONFIGURATION =
            ofBit(FeatureIdentifier.NON_OPERATIONAL_POWER_STATE_CONFIGURATION);

    /** What a host knows of. */
    public static final Feature<HostBehaviorSupport> HOST_BEHAVIOR_SUPPORT =
            ofData(
                    FeatureIdentifier.HOST_BEHAVIOR_SUPPORT,
                    HostBehaviorSupport.BYTES,
                    HostBehaviorSupport::of,
                    HostBehaviorSupport::data);

    /** Pre-boot Software Load Count (PBSLC), 0 to 255: how often a host began and did not end. */
    public static final Feature<Integer> SOFTWARE_PROGRESS_MARKER =
            ofDword(FeatureIdentifier.SOFTWARE_PROGRESS_MARKER, LOADS::get, LOADS::put);

    /** Host Identifier (HOSTID) of 128 bits, its bytes in the order of the text. */
    public static final Feature<UUID> HOST_IDENTIFIER =
            new Feature<>(
                    FeatureIdentifier.HOST_IDENTIFIER.value(),
                    EXTENDED,
                    IDENTIFIER_BYTES,
                    value -> hostIdentifier(value.data()),
                    id -> new FeatureValue(0, hostIdentifier(id)));

    /**
     * Persist Through Power Loss (PTPL): whether a namespace's reservations outlive a power loss;
     * each namespace has its own.
     */
    public static final Feature<Boolean> RESERVATION_PERSISTENCE =
            ofBit(FeatureIdentifier.RESERVATION_PERSISTENCE);

    /**
     * Checks that the identifier is one of 8 bits, and that the data is no longer than 4096 bytes.
     */
    public Feature {
        Objects.checkIndex(identifier, 256);
        if (dataLength < 0 || dataLength > MOST_BYTES) {
            throw new IllegalArgumentException(
                    "a feature has 0 to " + MOST_BYTES + " bytes of data, not " + dataLength);
        }
        Objects.requireNonNull(reader, "reader");
        Objects.requireNonNull(writer, "writer");
    }

    /**
     * {@return the feature that says from which temperature on a controller tells of it}
     *
     * @param type whether to tell of temperatures over or under it
     * @param sensor 0 for the composite temperature, 1 to 8 for a sensor, 15, where it is set, for
     *     all of them
     */
    public static Feature<TemperatureThreshold> temperatureThreshold(
            TemperatureThreshold.Type type, int sensor) {
        return ofDword(
                        FeatureIdentifier.TEMPERATURE_THRESHOLD,
                        TemperatureThreshold::of,
                        TemperatureThreshold::dword)
                .selected(TemperatureThreshold.selector(type, sensor));
    }

    /**
     * {@return the feature Coalescing Disable (CD) of an interrupt vector ("Interrupt Vector
     * Configuration")}
     *
     * @param vector 0 to 65,535
     */
    public static Feature<Boolean> coalescingDisabled(int vector) {
        return ofDword(
                        FeatureIdentifier.INTERRUPT_VECTOR_CONFIGURATION,
                        dword -> (dword & COALESCING_DISABLE) != 0,
                        isDisabled -> isDisabled ? COALESCING_DISABLE : 0)
                .selected(VECTOR.put(vector));
    }

    private static Feature<Boolean> ofBit(FeatureIdentifier identifier) {
        return ofDword(identifier, dword -> (dword & 1) != 0, isSet -> isSet ? 1 : 0);
    }

    private static <T> Feature<T> ofDword(
            FeatureIdentifier identifier, IntFunction<T> reader, ToIntFunction<T> writer) {
        return new Feature<>(
                identifier.value(),
                0,
                0,
                value -> reader.apply(value.dword()),
                value -> new FeatureValue(writer.applyAsInt(value), MemorySegment.NULL));
    }

    private static <T> Feature<T> ofData(
            FeatureIdentifier identifier,
            int length,
            Function<MemorySegment, T> reader,
            Function<T, MemorySegment> writer) {
        return new Feature<>(
                identifier.value(),
                0,
                length,
                value -> reader.apply(value.data()),
                value -> new FeatureValue(0, writer.apply(value)));
    }

    private Feature<T> selected(int bits) {
        return new Feature<>(identifier, bits, dataLength, reader, writer);
    }

    private static int milliseconds(Duration duration) {
        long milliseconds = duration.toMillis();
        if (milliseconds < 0 || milliseconds > 0xFFFF_FFFFL) {
            throw new IllegalArgumentException(
                    "a Keep Alive Timeout has 0 to 4294967295 ms, not " + milliseconds);
        }
        return (int) milliseconds;
    }

    private static UUID hostIdentifier(MemorySegment data) {
        ByteBuffer bytes = ByteBuffer.wrap(data.toArray(ValueLayout.JAVA_BYTE));
        return new UUID(bytes.getLong(), bytes.getLong());
    }

    private static MemorySegment hostIdentifier(UUID id) {
        ByteBuffer bytes = ByteBuffer.allocate(IDENTIFIER_BYTES);
        bytes.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
        return MemorySegment.ofArray(bytes.array());
    }

    /** Such as "feature 01h". */
    @Override
    public String toString() {
        return "feature %02Xh".formatted(identifier);
    }
}
