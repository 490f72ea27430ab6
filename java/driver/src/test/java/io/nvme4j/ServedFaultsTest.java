// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import static io.nvme4j.embedded.FaultyMedium.bitsThatDiffer;
import static io.nvme4j.embedded.FaultyMedium.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nvme4j.embedded.EmbeddedDrive;
import io.nvme4j.embedded.EmbeddedDriveBuilder;
import io.nvme4j.embedded.EmbeddedServer;
import io.nvme4j.embedded.Fault;
import io.nvme4j.embedded.FaultyMedium;
import io.nvme4j.embedded.InjectedFault;
import io.nvme4j.engine.ByteIo;
import io.nvme4j.engine.Engine;
import io.nvme4j.error.CommandException;
import io.nvme4j.error.NvmeException;
import io.nvme4j.spec.AsynchronousEvent;
import io.nvme4j.spec.StatusCode;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** What a drive does wrong is met by SPDK's host as by the built-in one. */
@Timeout(120)
class ServedFaultsTest {
    private static final int RANDOM_DRIVES = 15;
    private static final int WITHIN_SECONDS = 30;
    private static final long CAPABILITIES_WITHOUT_TIMEOUT = 0x2400010fffL;

    @TempDir Path directory;
    private int served;

    @BeforeAll
    static void needsSpdk() {
        Optional<String> missing = SpdkTarget.missing();
        assumeTrue(missing.isEmpty(), missing.orElse(""));
    }

    private EmbeddedServer serve(EmbeddedDrive drive) {
        return EmbeddedServer.start(drive.transportId(), directory.resolve("d" + served++));
    }

    private static EmbeddedDriveBuilder drive(Fault... faults) {
        EmbeddedDriveBuilder builder = EmbeddedDrive.inMemory(1 << 20).seed(7);
        Arrays.stream(faults).forEach(builder::fault);
        return builder;
    }

    private void attached(EmbeddedDriveBuilder builder, Consumer<Controller> work) {
        try (EmbeddedDrive drive = builder.build();
                EmbeddedServer server = serve(drive);
                Controller controller = Controller.attach(server.transportId().text())) {
            work.accept(controller);
        }
    }

    private static Fault[] faultsOfTheMedium() {
        List<Fault> faults = new ArrayList<>(FaultyMedium.faults());
        faults.add(Fault.reads().atCommand(13).slow(Duration.ofMillis(1)));
        return faults.toArray(Fault[]::new);
    }

    private static void meetThoseOfTheMedium(Controller controller) {
        try (Engine engine = Engine.start(controller, 4)) {
            ByteIo io = engine.bytes(controller.namespace(1));
            FaultyMedium.meetFaults(io);
            io.write(0, block(6));
            assertEquals(0, bitsThatDiffer(io, 6));
        }
    }

    @Test
    void faultsOfTheMediumAreTheSameInlineThreadedAndServed() {
        List<List<InjectedFault>> histories = new ArrayList<>();
        for (EmbeddedDriveBuilder.Mode mode : EmbeddedDriveBuilder.Mode.values()) {
            try (EmbeddedDrive drive = drive(faultsOfTheMedium()).mode(mode).build()) {
                try (Controller controller = drive.attach()) {
                    meetThoseOfTheMedium(controller);
                }
                histories.add(drive.history());
            }
        }
        try (EmbeddedDrive drive = drive(faultsOfTheMedium()).build()) {
            try (EmbeddedServer server = serve(drive);
                    Controller controller = Controller.attach(server.transportId().text())) {
                meetThoseOfTheMedium(controller);
            }
            histories.add(drive.history());
        }
        assertEquals(7, histories.getFirst().size());
        assertEquals(1, histories.stream().distinct().count(), histories::toString);
    }

    @Test
    void aDriveThatBecomesReadOnlyTellsOfItAndIsMended() {
        EmbeddedDriveBuilder builder =
                drive(Fault.any().atCommand(2).readOnly(), Fault.any().atCommand(4).mended());
        attached(
                builder,
                controller -> {
                    BlockingQueue<AsynchronousEvent> told = new LinkedBlockingQueue<>();
                    try (Admin.Subscription _ = controller.admin().onEvent(told::add);
                            Engine engine = Engine.start(controller, 4)) {
                        ByteIo io = engine.bytes(controller.namespace(1));
                        io.write(0, block(1));
                        CommandException e =
                                assertThrows(CommandException.class, () -> io.write(0, block(2)));
                        assertTrue(
                                e.status().is(StatusCode.ATTEMPTED_WRITE_TO_READ_ONLY_RANGE),
                                e.toString());
                        assertEquals(AsynchronousEvent.Type.SMART_HEALTH, next(told));
                        assertNotEquals(0, controller.smartLog().criticalWarning());
                        assertEquals(0, bitsThatDiffer(io, 1));
                        io.write(0, block(3));
                        assertEquals(0, bitsThatDiffer(io, 3));
                        assertEquals(0, controller.smartLog().criticalWarning());
                    }
                });
    }

    @Test
    void sparesThatRunOutAndHeatAreToldOf() {
        for (Fault fault :
                List.of(
                        Fault.any().atCommand(1).spare(5),
                        Fault.any().atCommand(1).throttled(Duration.ofNanos(1000)))) {
            attached(
                    drive(fault),
                    controller -> {
                        BlockingQueue<AsynchronousEvent> told = new LinkedBlockingQueue<>();
                        try (Admin.Subscription _ = controller.admin().onEvent(told::add);
                                Engine engine = Engine.start(controller, 4)) {
                            engine.bytes(controller.namespace(1)).write(0, block(1));
                            assertEquals(AsynchronousEvent.Type.SMART_HEALTH, next(told));
                            assertNotEquals(0, controller.smartLog().criticalWarning());
                        }
                    });
        }
    }

    private static AsynchronousEvent.Type next(BlockingQueue<AsynchronousEvent> told) {
        try {
            AsynchronousEvent event = told.poll(WITHIN_SECONDS, TimeUnit.SECONDS);
            assertTrue(event != null, "no event has come");
            return event.type().orElseThrow();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Each at its first enabling alone, so that the next attach finds the drive in order. */
    @Test
    void aControllerThatDoesNotBecomeReadyIsRefusedAndAttachedToTheNextTime() {
        for (Fault fault :
                List.of(Fault.enabling().once().stuck(), Fault.enabling().once().fatal())) {
            EmbeddedDriveBuilder builder =
                    drive(fault).overrideCapabilities(CAPABILITIES_WITHOUT_TIMEOUT | 2L << 24);
            try (EmbeddedDrive drive = builder.build();
                    EmbeddedServer server = serve(drive)) {
                String id = server.transportId().text();
                NvmeException e = assertThrows(NvmeException.class, () -> Controller.attach(id));
                assertTrue(String.valueOf(e.getMessage()).length() > 20, e.toString());
                Controller.attach(id).close();
            }
        }
    }

    @Test
    void extremeTimeoutsOfEnablingAreAttachedTo() {
        for (long timeout : new long[] {0, 1, 255}) {
            attached(
                    drive().overrideCapabilities(CAPABILITIES_WITHOUT_TIMEOUT | timeout << 24),
                    controller -> assertEquals(1, controller.namespaces().size()));
        }
    }

    @Test
    void drivesThatTellRandomThingsAreRefusedWithASentenceOrWork() {
        int refused = 0;
        for (int seed = 0; seed < RANDOM_DRIVES; seed++) {
            try {
                attached(
                        drive().seed(seed).overrideAtRandom(),
                        controller -> {
                            controller.identify();
                            controller.smartLog();
                            controller.namespaces();
                        });
            } catch (NvmeException e) {
                refused++;
                assertTrue(String.valueOf(e.getMessage()).length() > 20, e.toString());
            }
        }
        System.out.printf("%d of %d random drives refused%n", refused, RANDOM_DRIVES);
    }
}
