// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.Controller;
import io.nvme4j.Namespace;
import io.nvme4j.Transports;
import io.nvme4j.Transports.Transport;
import io.nvme4j.error.Errno;
import io.nvme4j.error.ShimException;
import io.nvme4j.memory.DmaBuffer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** Time-outs, cancellation, forced close, failure and recovery. */
class LifetimeTest {
    static List<Transport> transports() {
        return Transports.all();
    }

    private static int errno(ExecutionException e) {
        return assertInstanceOf(ShimException.class, e.getCause()).errno();
    }

    /** The caller is told, the buffer is kept until the late command is done with it. */
    @ParameterizedTest
    @ValueSource(strings = {"inline", "threaded"})
    void aTimeOutTellsTheCallerAndKeepsTheBuffer(String mode) throws Exception {
        try (Controller controller =
                        Controller.attach("trtype:EMBEDDED size:1M latency:3s mode:" + mode);
                Engine engine = Engine.builder(controller).depth(4).abortTimedOut(false).start()) {
            Namespace namespace = controller.namespace(1);
            DmaBuffer buffer = controller.allocate(4096);
            buffer.segment().set(ValueLayout.JAVA_INT, 0, 0x77);
            BlockingIo hurried = engine.blocking(IoOptions.DEFAULT.timeout(Duration.ofMillis(700)));
            ShimException e =
                    assertThrows(
                            ShimException.class, () -> hurried.read(namespace, 0, 1, buffer, 0));
            assertEquals(Errno.ETIMEDOUT, e.errno());
            assertThrows(IllegalStateException.class, buffer::close);
            assertEquals(1, engine.statistics().timedOut());
            assertEquals(1, engine.statistics().inFlight());
            while (engine.statistics().late() == 0) {
                Thread.onSpinWait();
            }
            assertEquals(0, buffer.segment().get(ValueLayout.JAVA_INT, 0), "it came late");
            buffer.close();
            assertEquals(1, engine.statistics().completed());
        }
    }

    /** The engine's own limit, with an Abort: the slot is free again long before the command. */
    @ParameterizedTest
    @ValueSource(strings = {"inline", "threaded"})
    void whatHasTimedOutIsAborted(String mode) throws Exception {
        try (Controller controller =
                        Controller.attach("trtype:EMBEDDED size:1M latency:1000s mode:" + mode);
                DmaBuffer buffer = controller.allocate(4096);
                Engine engine =
                        Engine.builder(controller)
                                .depth(2)
                                .timeout(Duration.ofMillis(10))
                                .start()) {
            Namespace namespace = controller.namespace(1);
            List<CompletableFuture<Integer>> futures = new ArrayList<>();
            for (int i = 0; i < 10; i++) { // more than there are slots: those in the ring, too
                futures.add(engine.futures().read(namespace, i, 1, buffer, 0));
            }
            for (CompletableFuture<Integer> future : futures) {
                ExecutionException e =
                        assertThrows(
                                ExecutionException.class, () -> future.get(30, TimeUnit.SECONDS));
                assertEquals(Errno.ETIMEDOUT, errno(e));
            }
            while (engine.statistics().inFlight() > 0) {
                Thread.onSpinWait();
            }
            assertEquals(10, engine.statistics().timedOut());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"inline", "threaded"})
    void cancellingAbortsWhatWasSentAndStopsWhatWasNot(String mode) throws Exception {
        try (Controller controller =
                        Controller.attach("trtype:EMBEDDED size:1M latency:1000s mode:" + mode);
                DmaBuffer buffer = controller.allocate(4096);
                Engine engine = Engine.builder(controller).depth(1).start()) {
            Namespace namespace = controller.namespace(1);
            AtomicIntegerArray statuses = new AtomicIntegerArray(2);
            CountDownLatch told = new CountDownLatch(2);
            long[] tickets = new long[2];
            for (int i = 0; i < 2; i++) {
                tickets[i] =
                        engine.callbacks(
                                        (tag, status, result) -> {
                                            statuses.set((int) tag, status);
                                            told.countDown();
                                        })
                                .read(namespace, 0, 1, buffer, 0, i);
            }
            while (engine.statistics().inFlight() == 0) {
                Thread.onSpinWait();
            }
            engine.cancel(tickets[1]); // waits in the ring, as the depth is 1
            do {
                engine.cancel(tickets[0]); // until the controller has fetched it
            } while (!told.await(20, TimeUnit.MILLISECONDS));
            assertEquals(7, statuses.get(0) & 0x7FF, "Command Abort Requested");
            assertEquals(1, engine.statistics().submitted(), "the other one was not sent");
            assertEquals(Errno.ECANCELED << 16, statuses.get(1));
            CompletableFuture<Integer> future = engine.futures().read(namespace, 0, 1, buffer, 0);
            assertTrue(future.cancel(true));
            engine.close(Duration.ofMillis(50));
        }
    }

    /** A device that never answers: who waits behind its commands is told in time, too. */
    @ParameterizedTest
    @ValueSource(strings = {"inline", "threaded"})
    void whatWaitsForAStuckDeviceTimesOut(String mode) throws Exception {
        try (Controller controller =
                Controller.attach("trtype:EMBEDDED size:1M latency:1000s mode:" + mode)) {
            Namespace namespace = controller.namespace(1);
            DmaBuffer buffer = controller.allocate(4096);
            Engine engine = Engine.builder(controller).depth(1).abortTimedOut(false).start();
            FutureIo io = engine.futures(IoOptions.DEFAULT.timeout(Duration.ofSeconds(1)));
            MemorySegment heap = MemorySegment.ofArray(new byte[512]);
            List<CompletableFuture<Integer>> futures = new ArrayList<>();
            futures.add(io.read(namespace, 0, 1, buffer, 0)); // takes the only slot
            while (engine.statistics().inFlight() == 0) {
                Thread.onSpinWait();
            }
            futures.add(io.read(namespace, 0, heap)); // is held for it
            futures.add(io.read(namespace, 0, 1, buffer, 0)); // and these wait in the ring
            futures.add(io.flushAfterAll(namespace));
            for (CompletableFuture<Integer> future : futures) {
                ExecutionException e =
                        assertThrows(
                                ExecutionException.class, () -> future.get(30, TimeUnit.SECONDS));
                assertEquals(Errno.ETIMEDOUT, errno(e));
            }
            assertEquals(4, engine.statistics().timedOut());
            assertEquals(1, engine.statistics().inFlight());
            assertThrows(IllegalStateException.class, buffer::close);
            engine.close(Duration.ZERO);
            assertEquals(4, engine.statistics().completed(), "nobody is told twice");
            buffer.close();
        }
    }

    /** However many queue pairs refuse their part of a barrier, its caller is told once. */
    @Test
    void aBarrierThatIsCancelledTellsItsCallerOnce() throws Exception {
        try (Controller controller =
                        Controller.attach("trtype:EMBEDDED size:1M latency:1000s mode:threaded");
                DmaBuffer buffer = controller.allocate(4096);
                ReactorGroup group = ReactorGroup.start(3, IdleStrategy.SLEEP)) {
            Namespace namespace = controller.namespace(1);
            Engine engine = Engine.builder(controller).depth(2).reactors(group).start();
            for (int i = 0; i < 3; i++) {
                Thread.ofPlatform()
                        .start(() -> engine.futures().read(namespace, 0, 1, buffer, 0))
                        .join(); // threads spread over the queue pairs
            }
            CompletionRing ring = new CompletionRing(4);
            List<Integer> statuses = new ArrayList<>();
            engine.callbacks(ring.handler()).flushAfterAll(namespace, 5);
            engine.close(Duration.ZERO);
            ring.poll((tag, status, result) -> statuses.add(status));
            assertEquals(List.of(Errno.ECANCELED << 16), statuses);
            assertEquals(0, ring.outstanding(), "its place in the ring is free again");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"inline", "threaded"})
    void aForcedCloseTellsEveryone(String mode) throws Exception {
        try (Controller controller =
                        Controller.attach("trtype:EMBEDDED size:1M latency:1000s mode:" + mode);
                DmaBuffer buffer = controller.allocate(4096)) {
            Namespace namespace = controller.namespace(1);
            Engine engine = Engine.builder(controller).depth(4).start();
            List<CompletableFuture<Integer>> futures = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                futures.add(engine.futures().read(namespace, i, 1, buffer, 0));
            }
            futures.add(engine.futures().flushAfterAll(namespace));
            engine.close(Duration.ofMillis(20));
            for (CompletableFuture<Integer> future : futures) {
                ExecutionException e = assertThrows(ExecutionException.class, future::get);
                assertEquals(Errno.ECANCELED, errno(e));
            }
        }
    }

    /** A reset fails what is in flight; with a policy, what comes after goes through. */
    @ParameterizedTest
    @MethodSource("transports")
    void theEngineGoesOnAfterAReset(Transport transport) throws Exception {
        try (Controller controller = transport.attach();
                DmaBuffer buffer = controller.allocate(4096);
                Engine engine =
                        Engine.builder(controller)
                                .depth(8)
                                .recovery(RecoveryPolicy.RECONNECT)
                                .start()) {
            Namespace namespace = controller.namespace(transport.namespace());
            int size = namespace.blockSize();
            for (int round = 1; round <= 3; round++) {
                buffer.segment().set(ValueLayout.JAVA_INT, 0, round);
                engine.blocking().write(namespace, 0, 1, buffer, 0);
                controller.reset(5_000);
                readUntilItWorks(engine, namespace, buffer, size);
                assertEquals(round, buffer.segment().get(ValueLayout.JAVA_INT, 0));
                assertEquals(round, engine.statistics().recoveries());
            }
        }
    }

    private static void readUntilItWorks(
            Engine engine, Namespace namespace, DmaBuffer buffer, int size) {
        buffer.segment().asSlice(0, size).fill((byte) 0);
        for (int attempt = 0; ; attempt++) {
            try {
                engine.blocking().read(namespace, 0, 1, buffer, 0);
                return;
            } catch (ShimException e) {
                // The one that met the reset.
                assertEquals(Errno.ENXIO, e.errno());
                assertTrue(attempt < 3);
            }
        }
    }

    @Test
    void withoutAPolicyWhatComesAfterAResetFails() {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M");
                DmaBuffer buffer = controller.allocate(4096);
                Engine engine = Engine.start(controller, 4)) {
            Namespace namespace = controller.namespace(1);
            controller.reset(0);
            for (int i = 0; i < 3; i++) {
                ShimException e =
                        assertThrows(
                                ShimException.class,
                                () -> engine.blocking().read(namespace, 0, 1, buffer, 0));
                assertEquals(Errno.ENXIO, e.errno());
            }
        }
    }
}
