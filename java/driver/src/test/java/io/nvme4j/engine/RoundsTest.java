// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.CompletionHandler;
import io.nvme4j.Controller;
import io.nvme4j.Namespace;
import io.nvme4j.Transports;
import io.nvme4j.Transports.Transport;
import io.nvme4j.error.CommandException;
import io.nvme4j.error.Errno;
import io.nvme4j.memory.CopyPolicy;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.ScatterGatherList;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Transfers of more commands than an engine's queue takes, and those that can't be done at all. */
class RoundsTest {
    private static final int BYTES = 3 << 20;

    static List<Transport> transports() {
        return Transports.all();
    }

    private static MemorySegment random(long seed) {
        byte[] bytes = new byte[BYTES];
        new Random(seed).nextBytes(bytes);
        return MemorySegment.ofArray(bytes);
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aTransferOfMoreCommandsThanTheQueueTakesGoesInRounds(Transport transport) {
        try (Controller controller = transport.attach();
                DmaBuffer buffer = controller.allocate(BYTES);
                Engine engine = Engine.start(controller, 2)) {
            Namespace namespace = controller.namespace(transport.namespace());
            BlockingIo io = engine.blocking();
            MemorySegment written = random(1);
            MemorySegment read = MemorySegment.ofArray(new byte[BYTES]);

            io.write(namespace, 0, written); // copied
            io.read(namespace, 0, wholeInPieces(controller, buffer)); // where it is
            assertEquals(-1, written.mismatch(buffer.segment()));

            buffer.segment().copyFrom(random(2));
            io.write(namespace, 0, wholeInPieces(controller, buffer));
            io.read(namespace, 0, read);
            assertEquals(-1, read.mismatch(buffer.segment()));
            assertEquals(4, engine.statistics().completed());
            assertEquals(0, engine.statistics().failed());
        }
    }

    private static ScatterGatherList wholeInPieces(Controller controller, DmaBuffer buffer) {
        ScatterGatherList list = controller.scatterGatherList(CopyPolicy.REFUSE);
        for (int at = 0; at < BYTES; at += 1 << 18) {
            list.add(buffer, at, 1 << 18);
        }
        return list;
    }

    @Test
    void whatWasPublishedAfterItComesAfterIt() throws Exception {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:8M mdts:1");
                Engine engine = Engine.start(controller, 2)) {
            Namespace namespace = controller.namespace(1);
            FutureIo io = engine.futures();
            MemorySegment written = random(3);
            MemorySegment read = MemorySegment.ofArray(new byte[BYTES]);
            CompletableFuture<Integer> first = io.write(namespace, 0, written);
            CompletableFuture<Integer> flush = io.flushAfterAll(namespace);
            flush.get(30, TimeUnit.SECONDS);
            assertTrue(first.isDone());
            io.read(namespace, 0, read).get(30, TimeUnit.SECONDS);
            assertEquals(-1, written.mismatch(read));
        }
    }

    /** The last block is beyond the end: some rounds succeed, and those after it are not sent. */
    @Test
    void theCallerIsToldOnceOfTheRoundThatFailed() {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:8M mdts:1");
                Engine engine = Engine.start(controller, 2)) {
            Namespace namespace = controller.namespace(1);
            long lba = namespace.blocks() - BYTES / 2 / namespace.blockSize();
            MemorySegment memory = random(4);
            BlockingIo io = engine.blocking();
            assertThrows(CommandException.class, () -> io.write(namespace, lba, memory));
            assertThrows(CommandException.class, () -> io.read(namespace, lba, memory));
            assertEquals(2, engine.statistics().completed());
            assertEquals(2, engine.statistics().failed());
            assertEquals(0, engine.statistics().inFlight());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"inline", "threaded"})
    void aTimeOutBetweenRoundsTellsTheCallerOnce(String mode) {
        try (Controller controller =
                        Controller.attach(
                                "trtype:EMBEDDED size:8M mdts:1 latency:20ms mode:" + mode);
                Engine engine = Engine.builder(controller).depth(2).start()) {
            Told told = new Told();
            Namespace namespace = controller.namespace(1);
            CallbackIo io =
                    engine.callbacks(told, IoOptions.DEFAULT.timeout(Duration.ofMillis(50)));
            ScatterGatherList list = controller.scatterGatherList(CopyPolicy.COPY).add(random(5));
            io.write(namespace, 0, list, 0);
            told.await(Errno.ETIMEDOUT);
            engine.blocking().flush(namespace);
            assertEquals(1, told.times.get());
            assertEquals(1, engine.statistics().timedOut());
            list.clear(); // it is the caller's again
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"inline", "threaded"})
    void aCancelledTransferSendsNoFurtherRounds(String mode) {
        try (Controller controller =
                        Controller.attach(
                                "trtype:EMBEDDED size:8M mdts:1 latency:1000s mode:" + mode);
                Engine engine = Engine.builder(controller).depth(2).start()) {
            Told told = new Told();
            ScatterGatherList list = controller.scatterGatherList(CopyPolicy.COPY).add(random(6));
            long ticket = engine.callbacks(told).write(controller.namespace(1), 0, list, 0);
            while (engine.statistics().inFlight() < 2) {
                Thread.onSpinWait();
            }
            while (told.times.get() == 0) {
                long aborts = engine.statistics().aborts();
                engine.cancel(ticket); // in vain until the controller has fetched it
                while (told.times.get() == 0 && engine.statistics().aborts() == aborts) {
                    Thread.onSpinWait();
                }
            }
            told.await(0);
            assertEquals(2, engine.statistics().submitted());
        }
    }

    @Test
    void whatCantBeDoneIsRefusedWhenItIsPublishedWithItsReason() {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:8M sgl:none");
                DmaBuffer buffer = controller.allocate(1 << 14);
                Arena confined = Arena.ofConfined();
                Engine engine = Engine.start(controller, 2)) {
            Namespace namespace = controller.namespace(1);
            BlockingIo io = engine.blocking();
            MemorySegment own = confined.allocate(512);
            assertRefused(WrongThreadException.class, "confined", () -> io.read(namespace, 0, own));
            ScatterGatherList askew =
                    controller
                            .scatterGatherList(CopyPolicy.REFUSE)
                            .add(buffer, 2, 256)
                            .add(buffer, 1024, 256);
            assertRefused(
                    IllegalArgumentException.class,
                    "can't use the memory where it is",
                    () -> io.write(namespace, 0, askew));
            DmaBuffer gone = controller.allocate(512);
            ScatterGatherList freed =
                    controller.scatterGatherList(CopyPolicy.REFUSE).add(gone, 0, 512);
            gone.close();
            assertRefused(
                    IllegalStateException.class, "freed", () -> io.write(namespace, 0, freed));
            io.flush(namespace); // nothing blocks the ring
            assertEquals(1, engine.statistics().completed());
        }
    }

    private static void assertRefused(
            Class<? extends Throwable> type, String reason, Executable call) {
        String message = String.valueOf(assertThrows(type, call).getMessage());
        assertTrue(message.contains(reason), message);
    }

    /** What a handler is told. */
    private static final class Told implements CompletionHandler {
        final AtomicInteger times = new AtomicInteger();
        private volatile int status;

        @Override
        public void onCompletion(long tag, int status, int result) {
            this.status = status;
            times.incrementAndGet();
        }

        /**
         * @param errno that it must be told of, or 0 for any failure
         */
        void await(int errno) {
            while (times.get() == 0) {
                Thread.onSpinWait();
            }
            assertTrue(errno == 0 ? status != 0 : status == errno << 16, "status " + status);
        }
    }
}
