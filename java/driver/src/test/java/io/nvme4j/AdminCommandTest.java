// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nvme4j.engine.Engine;
import io.nvme4j.error.CommandTimeoutException;
import io.nvme4j.error.ControllerLostException;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.spec.AdminOpcode;
import io.nvme4j.spec.FeatureIdentifier;
import io.nvme4j.spec.IdentifyCns;
import io.nvme4j.spec.StatusCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Admin commands of any opcode, over every transport. */
class AdminCommandTest {
    private static final int STRUCTURE = 4096;
    private static final byte CANARY = 0x5A;
    private static final int VENDORS_TO_HOST = 0xC2;

    static List<Transports.Transport> transports() {
        return Transports.all();
    }

    static List<Transports.Transport> busy() {
        return Transports.embeddedAndSpdk("", "mode:threaded", "iova:scrambled mode:threaded");
    }

    private static Command identify() {
        return new Command(AdminOpcode.IDENTIFY.value()).cdw(10, IdentifyCns.CONTROLLER.value());
    }

    private static MemorySegment heap() {
        return MemorySegment.ofArray(new byte[STRUCTURE]).fill(CANARY);
    }

    @ParameterizedTest
    @MethodSource("transports")
    void dataComeToWhereTheCallerWantsThem(Transports.Transport transport) {
        try (Controller controller = transport.attach();
                DmaBuffer buffer = controller.allocate(3 * STRUCTURE);
                Arena arena = Arena.ofConfined()) {
            Admin admin = controller.admin();
            MemorySegment expected = admin.identify(IdentifyCns.CONTROLLER.value());
            MemorySegment[] places = {
                heap(),
                MemorySegment.ofArray(new long[STRUCTURE / Long.BYTES]),
                arena.allocate(STRUCTURE + 1).asSlice(1)
            };
            for (MemorySegment place : places) {
                assertTrue(admin.execute(identify(), place).isSuccess());
                assertEquals(-1, expected.mismatch(place));
            }
            admin.submit(identify().data(buffer, 1000, STRUCTURE)).join().orThrow();
            MemorySegment moved = buffer.segment().asSlice(1000, STRUCTURE);
            assertEquals(-1, expected.mismatch(moved));
            assertEquals(0, buffer.segment().get(ValueLayout.JAVA_BYTE, 1000 + STRUCTURE));
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void whatAFeatureIsSetToIsWhatItIs(Transports.Transport transport) {
        try (Controller controller = transport.attach()) {
            Admin admin = controller.admin();
            int arbitration = FeatureIdentifier.ARBITRATION.value();
            Command set = new Command(AdminOpcode.SET_FEATURES.value()).cdw(10, arbitration);
            Command get = new Command(AdminOpcode.GET_FEATURES.value()).cdw(10, arbitration);
            int before = admin.execute(get).orThrow().result();
            admin.execute(set.cdw(11, 3)).orThrow();
            assertEquals(3, admin.execute(get).orThrow().result());
            admin.execute(set.cdw(11, before)).orThrow();
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aRefusedCommandIsAnAnswerAndLeavesDataAlone(Transports.Transport transport) {
        try (Controller controller = transport.attach()) {
            MemorySegment data = heap();
            AdminCompletion completion =
                    controller.admin().execute(new Command(VENDORS_TO_HOST), data);
            assertEquals(
                    StatusCode.INVALID_COMMAND_OPCODE,
                    completion.status().statusCode().orElseThrow());
            assertEquals(-1, heap().mismatch(data));
            assertThrows(io.nvme4j.error.CommandException.class, completion::orThrow);
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void whatTheDriverDependsOnIsRefused(Transports.Transport transport) {
        try (Controller controller = transport.attach()) {
            Admin admin = controller.admin();
            for (int opcode : new int[] {0x00, 0x01, 0x04, 0x05, 0x0C, 0x45, 0x7C, 0x7F}) {
                Command command = new Command(opcode).cdw(10, 1);
                assertRefused(admin, command);
            }
            for (int feature : new int[] {0x07, 0x0D, 0x0F}) {
                assertRefused(
                        admin, new Command(AdminOpcode.SET_FEATURES.value()).cdw(10, feature));
            }
        }
    }

    private static void assertRefused(Admin admin, Command command) {
        assertThrows(IllegalArgumentException.class, () -> admin.execute(command));
        CompletionException e =
                assertThrows(CompletionException.class, admin.submit(command)::join);
        assertInstanceOf(IllegalArgumentException.class, e.getCause());
    }

    @Test
    void dataAreAsLongAsTheCommandSays() {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M")) {
            Admin admin = controller.admin();
            assertThrows(IllegalArgumentException.class, () -> admin.execute(identify()));
            MemorySegment half = MemorySegment.ofArray(new byte[STRUCTURE / 2]);
            assertThrows(IllegalArgumentException.class, () -> admin.execute(identify(), half));
            Command log = new Command(AdminOpcode.GET_LOG_PAGE.value()).allNamespaces();
            log.cdw(10, 2 | 127 << 16);
            admin.execute(log, MemorySegment.ofArray(new byte[512])).orThrow();
            log.cdw(11, 1);
            assertThrows(IllegalArgumentException.class, () -> admin.execute(log, half));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> admin.execute(new Command(AdminOpcode.KEEP_ALIVE.value()), half));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> admin.execute(identify(), heap().asReadOnly()));
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment confined = arena.allocate(STRUCTURE);
                assertThrows(
                        IllegalArgumentException.class, () -> admin.submit(identify(), confined));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("busy")
    void manyAreUnderWayAtOnce(Transports.Transport transport) {
        try (Controller controller = transport.attach()) {
            Admin admin = controller.admin();
            MemorySegment expected = admin.identify(IdentifyCns.CONTROLLER.value());
            List<MemorySegment> data = IntStream.range(0, 500).mapToObj(i -> heap()).toList();
            CompletableFuture<?>[] all =
                    data.parallelStream()
                            .map(one -> admin.submit(identify(), one))
                            .toArray(CompletableFuture[]::new);
            CompletableFuture.allOf(all).join();
            assertTrue(data.stream().allMatch(one -> expected.mismatch(one) == -1));
        }
    }

    /** What depends on a future may wait for other commands, and close the controller. */
    @ParameterizedTest
    @ValueSource(strings = {"", "mode:threaded"})
    void whatDependsOnAFutureMayDoAnything(String mode) throws Exception {
        Controller controller = Controller.attach("trtype:EMBEDDED size:1M " + mode);
        Admin admin = controller.admin();
        admin.submit(identify(), heap())
                .thenApply(completion -> admin.identify(IdentifyCns.CONTROLLER.value()))
                .thenRun(controller::close)
                .get(60, TimeUnit.SECONDS);
        assertThrows(IllegalStateException.class, controller::smartLog);
    }

    /** Nobody's memory is written to after its time is over, and the controller goes on. */
    @ParameterizedTest
    @MethodSource("busy")
    void commandsWhoseTimeIsOverWriteNothing(Transports.Transport transport) {
        try (Controller controller = transport.attach()) {
            MemorySegment expected = controller.admin().identify(IdentifyCns.CONTROLLER.value());
            AtomicInteger late = new AtomicInteger();
            IntStream.range(0, 400)
                    .parallel()
                    .forEach(i -> late.addAndGet(isLate(controller, expected, i) ? 1 : 0));
            assertTrue(controller.isInline() || late.get() > 0);
            assertEquals(
                    -1,
                    expected.mismatch(controller.admin().identify(IdentifyCns.CONTROLLER.value())));
        }
    }

    private static boolean isLate(Controller controller, MemorySegment expected, int number) {
        MemorySegment data = heap();
        Duration limit = Duration.ofNanos(new Random(number).nextInt(100_000));
        try {
            controller.admin().timeout(limit).execute(identify(), data);
            assertEquals(-1, expected.mismatch(data));
            return false;
        } catch (CommandTimeoutException e) {
            assertEquals(-1, heap().mismatch(data));
            return true;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"VFIOUSER", "TCP"})
    void aTargetThatAnswersTooLateGoesOn(String transport) {
        assumeTrue(SpdkTarget.missing().isEmpty(), () -> SpdkTarget.missing().orElseThrow());
        try (SpdkTarget target = SpdkTarget.start();
                Controller controller =
                        Controller.attach(
                                transport.equals("TCP") ? target.tcpId() : target.vfioUserId())) {
            Admin admin = controller.admin();
            MemorySegment data = heap();
            target.pause();
            try {
                Admin hurried = admin.timeout(Duration.ofMillis(100));
                List<CompletableFuture<AdminCompletion>> many = new ArrayList<>();
                for (int i = 0; i < 40; i++) { // more than the controller is given at once
                    many.add(hurried.submit(identify(), data));
                }
                for (CompletableFuture<AdminCompletion> one : many) {
                    CompletionException e = assertThrows(CompletionException.class, one::join);
                    assertInstanceOf(CommandTimeoutException.class, e.getCause());
                }
            } finally {
                target.goOn();
            }
            MemorySegment expected = admin.identify(IdentifyCns.CONTROLLER.value());
            assertEquals(-1, heap().mismatch(data));
            assertTrue(admin.execute(identify(), data).isSuccess());
            assertEquals(-1, expected.mismatch(data));
        }
    }

    /** The controller is closed although the target has commands that it does not answer. */
    @ParameterizedTest
    @ValueSource(strings = {"VFIOUSER", "TCP"})
    void aControllerWithLateCommandsIsClosed(String transport) {
        assumeTrue(SpdkTarget.missing().isEmpty(), () -> SpdkTarget.missing().orElseThrow());
        try (SpdkTarget target = SpdkTarget.start()) {
            Controller controller =
                    Controller.attach(
                            transport.equals("TCP") ? target.tcpId() : target.vfioUserId());
            target.pause();
            Admin hurried = controller.admin().timeout(Duration.ofMillis(50));
            assertThrows(CommandTimeoutException.class, () -> hurried.execute(identify(), heap()));
            controller.close();
            target.goOn();
            assertThrows(IllegalStateException.class, () -> hurried.execute(identify(), heap()));
        }
    }

    /** Each command is answered, or has failed with the reset. */
    @ParameterizedTest
    @MethodSource("busy")
    void resetsEndCommands(Transports.Transport transport) {
        try (Controller controller = transport.attach()) {
            Admin admin = controller.admin();
            AtomicBoolean stop = new AtomicBoolean();
            Thread resets =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        for (int i = 0; i < 5; i++) {
                                            controller.reset(10_000);
                                        }
                                        stop.set(true);
                                    });
            while (!stop.get() && resets.isAlive()) {
                List<CompletableFuture<AdminCompletion>> some =
                        IntStream.range(0, 20)
                                .mapToObj(i -> admin.submit(identify(), heap()))
                                .toList();
                some.forEach(AdminCommandTest::assertAnsweredOrLost);
            }
            assertTrue(stop.get());
            assertTrue(admin.execute(identify(), heap()).isSuccess());
        }
    }

    private static void assertAnsweredOrLost(CompletableFuture<AdminCompletion> one) {
        try {
            assertTrue(one.join().isSuccess());
        } catch (CompletionException e) {
            assertInstanceOf(ControllerLostException.class, e.getCause());
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void namespacesChangeOnlyWhileNobodyUsesThem(Transports.Transport transport) {
        try (Controller controller = transport.attach()) {
            Command format = new Command(AdminOpcode.FORMAT_NVM.value());
            Admin admin = controller.admin();
            Namespace before = controller.namespace(transport.namespace());
            format.namespaceId(0xFFFF); // which there is none of
            try (QueuePair queue = controller.queuePair(4)) {
                assertEquals(4, queue.available());
                assertThrows(IllegalStateException.class, () -> admin.execute(format));
            }
            try (Engine engine = Engine.start(controller, 4)) {
                assertEquals(0, engine.statistics().recoveries());
                assertThrows(IllegalStateException.class, () -> admin.execute(format));
            }
            assertTrue(!admin.execute(format).isSuccess());
            assertSame(before, controller.namespace(transport.namespace()));
            controller.queuePair(4).close();
        }
    }

    /** A device would otherwise write eight times as much as there is room for. */
    @ParameterizedTest
    @ValueSource(strings = {"VFIOUSER", "TCP"})
    void namespacesThatComeBackWithOtherBlocksAreRefused(String transport) {
        assumeTrue(SpdkTarget.missing().isEmpty(), () -> SpdkTarget.missing().orElseThrow());
        try (SpdkTarget target = SpdkTarget.start();
                Controller controller =
                        Controller.attach(
                                transport.equals("TCP") ? target.tcpId() : target.vfioUserId());
                DmaBuffer buffer = controller.allocate(STRUCTURE)) {
            Namespace old = controller.namespace(SpdkTarget.NAMESPACE_512);
            Namespace derived = old.withBoundaries(8, 0);
            Namespace slice = derived.slice(8, 8);
            Namespace same = controller.namespace(SpdkTarget.NAMESPACE_NULL);
            target.kill();
            target.restartExchanged();
            controller.reset(10_000);
            assertEquals(STRUCTURE, controller.namespace(old.id()).blockSize());
            assertSame(same, controller.namespace(same.id()));
            try (QueuePair queue = controller.queuePair(4)) {
                for (Namespace one : List.of(old, derived, slice)) {
                    IllegalStateException e =
                            assertThrows(
                                    IllegalStateException.class,
                                    () -> queue.read(one, 0, 1, buffer, 0, 0));
                    assertTrue(String.valueOf(e.getMessage()).contains("Controller.namespace(1)"));
                }
                queue.read(controller.namespace(old.id()), 0, 1, buffer, 0, 0);
                while (queue.inFlight() > 0) {
                    queue.process((tag, status, result) -> assertEquals(0, status));
                }
            }
        }
    }
}
