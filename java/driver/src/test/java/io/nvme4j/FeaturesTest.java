// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.error.CommandException;
import io.nvme4j.spec.AdminOpcode;
import io.nvme4j.spec.FeatureIdentifier;
import io.nvme4j.spec.StatusCode;
import io.nvme4j.spec.feature.Arbitration;
import io.nvme4j.spec.feature.AsynchronousEventConfiguration;
import io.nvme4j.spec.feature.AsynchronousEventConfiguration.Event;
import io.nvme4j.spec.feature.ErrorRecovery;
import io.nvme4j.spec.feature.Feature;
import io.nvme4j.spec.feature.FeatureCapabilities;
import io.nvme4j.spec.feature.HostBehaviorSupport;
import io.nvme4j.spec.feature.InterruptCoalescing;
import io.nvme4j.spec.feature.NumberOfQueues;
import io.nvme4j.spec.feature.PowerManagement;
import io.nvme4j.spec.feature.Select;
import io.nvme4j.spec.feature.TemperatureThreshold;
import io.nvme4j.spec.feature.Timestamp;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Features of controllers and namespaces, over every transport. */
class FeaturesTest {
    private static final String EMBEDDED = "trtype:EMBEDDED size:1M namespaces:2";

    static List<Transports.Transport> transports() {
        return Transports.all();
    }

    /** Others than the tests of features depend on what they are. */
    private static <T> void isWhatItIsSetTo(Features features, Feature<T> feature, T value) {
        T before = features.get(feature);
        features.set(feature, value);
        assertEquals(value, features.get(feature), feature::toString);
        features.set(feature, before);
        assertEquals(before, features.get(feature), feature::toString);
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aValueIsWhatItIsSetTo(Transports.Transport transport) {
        try (Controller controller = transport.attach()) {
            Features features = controller.admin().features();
            isWhatItIsSetTo(features, Feature.ARBITRATION, new Arbitration(2, 3, 20, 200));
            isWhatItIsSetTo(features, Feature.POWER_MANAGEMENT, new PowerManagement(0, 2));
            AsynchronousEventConfiguration events =
                    features.get(Feature.ASYNCHRONOUS_EVENT_CONFIGURATION);
            isWhatItIsSetTo(
                    features,
                    Feature.ASYNCHRONOUS_EVENT_CONFIGURATION,
                    events.without(Event.TEMPERATURE));
            isWhatItIsSetTo(
                    features,
                    Feature.WRITE_ATOMICITY_NORMAL,
                    !features.get(Feature.WRITE_ATOMICITY_NORMAL));
            if (controller.identify().hasVolatileWriteCache()) {
                isWhatItIsSetTo(features, Feature.VOLATILE_WRITE_CACHE, false);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aNamespaceHasAValueOfItsOwn(Transports.Transport transport) {
        try (Controller controller = transport.attach()) {
            Features features =
                    controller.admin().features(controller.namespace(transport.namespace()));
            isWhatItIsSetTo(features, Feature.ERROR_RECOVERY, new ErrorRecovery(7, false));
        }
    }

    /** The dword that a raw command gets is an oracle for what the typed one reads. */
    @ParameterizedTest
    @MethodSource("transports")
    void queuesCanBeCountedAndNotSet(Transports.Transport transport) {
        try (Controller controller = transport.attach()) {
            Admin admin = controller.admin();
            Command raw =
                    new Command(AdminOpcode.GET_FEATURES.value())
                            .cdw(10, FeatureIdentifier.NUMBER_OF_QUEUES.value());
            int dword = admin.execute(raw).orThrow().result();
            NumberOfQueues queues = admin.features().get(Feature.NUMBER_OF_QUEUES);
            assertEquals((dword & 0xFFFF) + 1, queues.submissionQueues());
            assertEquals((dword >>> 16) + 1, queues.completionQueues());
            assertRefused(admin, Feature.NUMBER_OF_QUEUES, queues);
            assertRefused(admin, Feature.KEEP_ALIVE_TIMER, Duration.ofSeconds(1));
        }
    }

    private static <T> void assertRefused(Admin admin, Feature<T> feature, T value) {
        assertThrows(IllegalArgumentException.class, () -> admin.features().set(feature, value));
    }

    @ParameterizedTest
    @MethodSource("transports")
    void whatAControllerDoesNotHaveIsItsAnswer(Transports.Transport transport) {
        try (Controller controller = transport.attach()) {
            Features features = controller.admin().features();
            CommandException e =
                    assertThrows(
                            CommandException.class,
                            () -> features.get(Feature.SOFTWARE_PROGRESS_MARKER));
            assertEquals(
                    StatusCode.INVALID_FIELD_IN_COMMAND, e.status().statusCode().orElseThrow());
        }
    }

    @Test
    void theEmbeddedControllerHasFeaturesWithData() {
        try (Controller controller = Controller.attach(EMBEDDED)) {
            Features features = controller.admin().features();
            UUID host = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
            isWhatItIsSetTo(features, Feature.HOST_IDENTIFIER, host);
            isWhatItIsSetTo(
                    features,
                    Feature.HOST_BEHAVIOR_SUPPORT,
                    new HostBehaviorSupport(true, false, false, false, 0));
            isWhatItIsSetTo(features, Feature.INTERRUPT_COALESCING, new InterruptCoalescing(9, 3));
            isWhatItIsSetTo(
                    features,
                    Feature.temperatureThreshold(TemperatureThreshold.Type.OVER, 0),
                    new TemperatureThreshold(400, 0));
            assertFalse(features.get(Feature.coalescingDisabled(0)));
            assertFalse(features.get(Feature.TIMESTAMP).wasSet());
            Instant time = Instant.ofEpochMilli(1_700_000_000_123L);
            features.set(Feature.TIMESTAMP, Timestamp.of(time));
            Timestamp later = features.get(Feature.TIMESTAMP);
            assertTrue(later.wasSet());
            Duration since = Duration.between(time, later.time());
            assertTrue(!since.isNegative() && since.compareTo(Duration.ofMinutes(5)) < 0);
        }
    }

    /** A reset forgets what was set, and nothing can be saved over one. */
    @Test
    void theDefaultStaysWhatItWas() {
        try (Controller controller = Controller.attach(EMBEDDED)) {
            Features features = controller.admin().features();
            Arbitration before = features.get(Feature.ARBITRATION, Select.DEFAULT);
            Arbitration other = new Arbitration(5, 1, 1, 1);
            features.set(Feature.ARBITRATION, other);
            assertEquals(before, features.get(Feature.ARBITRATION, Select.DEFAULT));
            assertEquals(other, features.get(Feature.ARBITRATION, Select.CURRENT));
            CommandException e =
                    assertThrows(
                            CommandException.class,
                            () -> features.save(Feature.ARBITRATION, other));
            assertEquals(
                    StatusCode.FEATURE_IDENTIFIER_NOT_SAVEABLE,
                    e.status().statusCode().orElseThrow());
            assertEquals(
                    new FeatureCapabilities(false, false, true),
                    features.capabilities(Feature.ARBITRATION));
            assertEquals(
                    new FeatureCapabilities(false, true, true),
                    features.capabilities(Feature.ERROR_RECOVERY));
        }
    }

    @Test
    void aForeignNamespaceAndASliceAreRefused() {
        try (Controller controller = Controller.attach(EMBEDDED);
                Controller other = Controller.attach(EMBEDDED)) {
            Admin admin = controller.admin();
            Namespace foreign = other.namespace(1);
            Namespace slice = controller.namespace(1).slice(8, 8);
            assertThrows(IllegalArgumentException.class, () -> admin.features(foreign));
            assertThrows(IllegalArgumentException.class, () -> admin.features(slice));
        }
    }
}
