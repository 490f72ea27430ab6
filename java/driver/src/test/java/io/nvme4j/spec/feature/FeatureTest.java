// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec.feature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.nvme4j.spec.feature.AsynchronousEventConfiguration.Event;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** What features' values are in commands: dwords and bytes as the specification has them. */
class FeatureTest {
    private static final int FIELD_OF_ALL = -1;

    /** Features of a dword, with the bits of it that mean something. */
    private record Dword(Feature<?> feature, int bits) {}

    private static final List<Dword> DWORDS =
            List.of(
                    new Dword(Feature.ARBITRATION, 0xFFFF_FF07),
                    new Dword(Feature.POWER_MANAGEMENT, 0xFF),
                    new Dword(
                            Feature.temperatureThreshold(TemperatureThreshold.Type.UNDER, 8),
                            0x01C0_FFFF),
                    new Dword(Feature.ERROR_RECOVERY, 0x1_FFFF),
                    new Dword(Feature.VOLATILE_WRITE_CACHE, 1),
                    new Dword(Feature.NUMBER_OF_QUEUES, FIELD_OF_ALL),
                    new Dword(Feature.INTERRUPT_COALESCING, 0xFFFF),
                    new Dword(Feature.coalescingDisabled(7), 0x1_0000),
                    new Dword(Feature.WRITE_ATOMICITY_NORMAL, 1),
                    new Dword(Feature.ASYNCHRONOUS_EVENT_CONFIGURATION, FIELD_OF_ALL),
                    new Dword(Feature.KEEP_ALIVE_TIMER, FIELD_OF_ALL),
                    new Dword(Feature.HOST_CONTROLLED_THERMAL_MANAGEMENT, FIELD_OF_ALL),
                    new Dword(Feature.NON_OPERATIONAL_POWER_STATE_CONFIGURATION, 1),
                    new Dword(Feature.SOFTWARE_PROGRESS_MARKER, 0xFF),
                    new Dword(Feature.RESERVATION_PERSISTENCE, 1));

    /** Every answer is taken, and what it says is what is written, but for reserved bits. */
    @Property
    void whatIsReadIsWritten(@ForAll int dword) {
        for (Dword each : DWORDS) {
            FeatureValue answer = new FeatureValue(dword, MemorySegment.NULL);
            assertEquals(
                    dword & each.bits(),
                    writeAgain(each.feature(), answer).dword(),
                    each.feature()::toString);
        }
    }

    private static <T> FeatureValue writeAgain(Feature<T> feature, FeatureValue answer) {
        return feature.writer().apply(feature.reader().apply(answer));
    }

    private static <T> int dword(Feature<T> feature, T value) {
        return feature.writer().apply(value).dword();
    }

    @Test
    void fieldsAreWhereTheSpecificationHasThem() {
        assertEquals(0x3F_1F_0F_07, dword(Feature.ARBITRATION, new Arbitration(7, 16, 32, 64)));
        assertEquals(0x45, dword(Feature.POWER_MANAGEMENT, new PowerManagement(5, 2)));
        assertEquals(0x1_000A, dword(Feature.ERROR_RECOVERY, new ErrorRecovery(10, true)));
        assertEquals(0x0003_0007, dword(Feature.NUMBER_OF_QUEUES, new NumberOfQueues(8, 4)));
        assertEquals(0x0A1F, dword(Feature.INTERRUPT_COALESCING, new InterruptCoalescing(32, 10)));
        assertEquals(1, dword(Feature.VOLATILE_WRITE_CACHE, true));
        assertEquals(1, dword(Feature.WRITE_ATOMICITY_NORMAL, true));
        assertEquals(10_000, dword(Feature.KEEP_ALIVE_TIMER, Duration.ofSeconds(10)));
        assertEquals(
                0x0154_015E,
                dword(
                        Feature.HOST_CONTROLLED_THERMAL_MANAGEMENT,
                        new HostControlledThermalManagement(340, 350)));
        assertEquals(
                0x8000_0101,
                dword(
                        Feature.ASYNCHRONOUS_EVENT_CONFIGURATION,
                        new AsynchronousEventConfiguration(0)
                                .with(Event.AVAILABLE_SPARE)
                                .with(Event.NAMESPACE_ATTRIBUTE)
                                .with(Event.TELEMETRY_LOG)
                                .without(Event.TELEMETRY_LOG)
                                .with(Event.DISCOVERY_LOG)));
    }

    @Test
    void aThresholdsSelectorIsItsOwn() {
        Feature<TemperatureThreshold> under =
                Feature.temperatureThreshold(TemperatureThreshold.Type.UNDER, 2);
        assertEquals(0x12_0000, under.selector());
        assertEquals(0x0080_0157, dword(under, new TemperatureThreshold(343, 2)));
        assertEquals(5, Feature.coalescingDisabled(5).selector());
        assertEquals(0x1_0000, dword(Feature.coalescingDisabled(5), true));
    }

    @Test
    void identifiersAreTheSpecifications() {
        List<Integer> identifiers =
                DWORDS.stream().map(each -> each.feature().identifier()).toList();
        assertEquals(
                List.of(1, 2, 4, 5, 6, 7, 8, 9, 0xA, 0xB, 0xF, 0x10, 0x11, 0x80, 0x83),
                identifiers);
        assertEquals(0x0E, Feature.TIMESTAMP.identifier());
        assertEquals(0x16, Feature.HOST_BEHAVIOR_SUPPORT.identifier());
        assertEquals(0x81, Feature.HOST_IDENTIFIER.identifier());
    }

    private static byte[] data(FeatureValue value) {
        return value.data().toArray(ValueLayout.JAVA_BYTE);
    }

    private static FeatureValue answer(int... bytes) {
        byte[] data = new byte[bytes.length];
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) bytes[i];
        }
        return new FeatureValue(0, MemorySegment.ofArray(data));
    }

    @Test
    void aTimestampHasSixBytesAndItsAttributes() {
        Timestamp read = Feature.TIMESTAMP.reader().apply(answer(1, 2, 3, 4, 5, 0xFF, 3, 0xFF));
        assertEquals(new Timestamp(0xFF05_0403_0201L, true, true), read);
        Timestamp stopped = Feature.TIMESTAMP.reader().apply(answer(9, 0, 0, 0, 0, 0, 1, 0));
        assertEquals(new Timestamp(9, true, false), stopped);
        byte[] written = data(Feature.TIMESTAMP.writer().apply(read));
        assertEquals(List.of(1, 2, 3, 4, 5, 0xFF, 0, 0), numbers(written));
        Instant now = Instant.ofEpochMilli(1_700_000_000_123L);
        assertEquals(now, Timestamp.of(now).time());
    }

    @Test
    void hostBehaviorHasAByteForEach() {
        HostBehaviorSupport value = new HostBehaviorSupport(true, false, true, false, 0x8004);
        FeatureValue written = Feature.HOST_BEHAVIOR_SUPPORT.writer().apply(value);
        assertEquals(512, written.data().byteSize());
        assertEquals(List.of(1, 0, 1, 0, 4, 0x80, 0, 0), numbers(data(written)).subList(0, 8));
        assertEquals(value, Feature.HOST_BEHAVIOR_SUPPORT.reader().apply(written));
        HostBehaviorSupport other = new HostBehaviorSupport(false, true, false, true, 0xFFFF);
        FeatureValue again = Feature.HOST_BEHAVIOR_SUPPORT.writer().apply(other);
        assertEquals(List.of(0, 1, 0, 1, 0xFF, 0xFF, 0), numbers(data(again)).subList(0, 7));
        assertEquals(other, Feature.HOST_BEHAVIOR_SUPPORT.reader().apply(again));
    }

    @Test
    void aHostIdentifierIsInTheOrderOfItsText() {
        UUID id = UUID.fromString("00010203-0405-0607-0809-0a0b0c0d0eff");
        FeatureValue written = Feature.HOST_IDENTIFIER.writer().apply(id);
        assertEquals(
                List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255),
                numbers(data(written)));
        assertEquals(id, Feature.HOST_IDENTIFIER.reader().apply(written));
        assertEquals(1, Feature.HOST_IDENTIFIER.selector());
    }

    private static List<Integer> numbers(byte[] bytes) {
        return java.util.stream.IntStream.range(0, bytes.length)
                .mapToObj(i -> Byte.toUnsignedInt(bytes[i]))
                .toList();
    }

    @Test
    void capabilitiesAreBits() {
        assertEquals(new FeatureCapabilities(true, false, false), FeatureCapabilities.of(1));
        assertEquals(new FeatureCapabilities(false, true, false), FeatureCapabilities.of(2));
        assertEquals(new FeatureCapabilities(false, false, true), FeatureCapabilities.of(~3));
    }

    @Test
    void valuesThatNoFieldHoldsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Arbitration(8, 1, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> new Arbitration(0, 0, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> new Arbitration(0, 1, 257, 1));
        assertThrows(IllegalArgumentException.class, () -> new NumberOfQueues(1, 65_537));
        assertThrows(IllegalArgumentException.class, () -> new Timestamp(1L << 48, false, false));
        assertThrows(
                IllegalArgumentException.class,
                () -> dword(Feature.KEEP_ALIVE_TIMER, Duration.ofMillis(1L << 32)));
        assertThrows(
                IllegalArgumentException.class, () -> dword(Feature.SOFTWARE_PROGRESS_MARKER, 256));
        assertThrows(
                IllegalArgumentException.class,
                () -> Feature.temperatureThreshold(TemperatureThreshold.Type.OVER, 16));
    }
}
