// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.error.CommandException;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.spec.ErrorLogEntry;
import io.nvme4j.spec.IdentifyCns;
import io.nvme4j.spec.IdentifyController;
import io.nvme4j.spec.IdentifyNamespace;
import io.nvme4j.spec.LogPageIdentifier;
import io.nvme4j.spec.SmartLog;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.IntStream;

/** What a controller tells of itself, over every transport. */
class AdminTest {
    private static final int STRUCTURE = 4096;
    private static final int UNKNOWN_CNS = 0xEF;

    static List<Transports.Transport> transports() {
        return Transports.all();
    }

    @ParameterizedTest
    @MethodSource("transports")
    void structuresAreWhatTheTypesAreMadeOf(Transports.Transport transport) {
        try (Controller controller = transport.attach()) {
            Namespace namespace = controller.namespace(transport.namespace());
            Admin admin = controller.admin();
            MemorySegment whole = admin.identify(IdentifyCns.CONTROLLER.value());
            assertEquals(STRUCTURE, whole.byteSize());
            assertEquals(
                    controller.identify().serialNumber(),
                    IdentifyController.of(whole).serialNumber());
            assertEquals(
                    namespace.blocks(),
                    IdentifyNamespace.of(admin.identify(IdentifyCns.NAMESPACE.value(), namespace))
                            .size());
            assertThrows(CommandException.class, () -> admin.identify(UNKNOWN_CNS));
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aPartOfALogPageIsThatOfTheWhole(Transports.Transport transport) {
        try (Controller controller = transport.attach()) {
            Admin admin = controller.admin();
            GetLogPage page = new GetLogPage(LogPageIdentifier.FIRMWARE_SLOT_INFORMATION);
            MemorySegment whole = admin.logPage(page, 512);
            MemorySegment part = admin.logPage(page.offset(8), 64);
            assertEquals(-1, part.mismatch(whole.asSlice(8, 64)));
            GetLogPage smart = new GetLogPage(LogPageIdentifier.SMART_HEALTH);
            assertEquals(
                    controller.smartLog().compositeTemperature(),
                    SmartLog.of(admin.logPage(smart, SmartLog.BYTES)).compositeTemperature());
        }
    }

    @Test
    void theErrorLogTellsOfCommandsThatFailedTheNewestFirstAlsoInPieces() {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M");
                DmaBuffer buffer = controller.allocate(512);
                QueuePair queue = controller.queuePair(64)) {
            Namespace namespace = controller.namespace(1);
            for (int i = 0; i < 64; i++) {
                queue.read(namespace, namespace.blocks() + i, 1, buffer, 0, i);
            }
            while (queue.inFlight() > 0) {
                queue.process((tag, status, result) -> {});
            }
            Admin admin = controller.admin();
            List<ErrorLogEntry> errors = admin.errorLog(64);
            assertEquals(
                    IntStream.range(0, 64).mapToObj(i -> 64L - i).toList(),
                    errors.stream().map(ErrorLogEntry::errorCount).toList());
            assertEquals(namespace.blocks() + 63, errors.getFirst().lba());
            assertEquals(errors.subList(0, 3), admin.errorLog(3));
            assertEquals(
                    errors.get(63),
                    ErrorLogEntry.of(
                            admin.logPage(
                                    new GetLogPage(LogPageIdentifier.ERROR_INFORMATION)
                                            .offset(63L * ErrorLogEntry.BYTES),
                                    ErrorLogEntry.BYTES)));
        }
    }

    @Test
    void everyFieldOfAGetLogPageHasItsBits() {
        GetLogPage page =
                new GetLogPage(0x0E)
                        .specificParameter(0x5A)
                        .specificIdentifier(0xBEEF)
                        .uuidIndex(3)
                        .offset(8);
        Command command = page.command(16, 0x40004); // NUMD is 10000h
        assertEquals(0xBEEF_0001_0000_5A0EL, command.dwords(10));
        assertEquals(24, command.dwords(12));
        assertEquals(3, command.dwords(14));
        assertEquals(0xFFFF_FFFF, command.namespaceId());
        Command retaining = new GetLogPage(0x0E).retainEvent(true).command(0, 4096);
        assertEquals(0x0000_0000_03FF_800EL, retaining.dwords(10));
    }

    @ParameterizedTest
    @MethodSource("transports")
    void manyThreadsMayAskAtOnce(Transports.Transport transport) {
        try (Controller controller = transport.attach()) {
            Admin admin = controller.admin();
            String serial = controller.identify().serialNumber();
            assertTrue(
                    IntStream.range(0, 64)
                            .parallel()
                            .mapToObj(i -> admin.identify(IdentifyCns.CONTROLLER.value()))
                            .allMatch(
                                    bytes ->
                                            IdentifyController.of(bytes)
                                                    .serialNumber()
                                                    .equals(serial)));
        }
    }
}
