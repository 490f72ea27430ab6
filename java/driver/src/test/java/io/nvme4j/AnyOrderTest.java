// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.engine.CompletionRing;
import io.nvme4j.engine.Engine;
import io.nvme4j.engine.IdleStrategy;
import io.nvme4j.engine.ReactorGroup;
import io.nvme4j.error.Errno;
import io.nvme4j.error.ShimException;
import io.nvme4j.internal.Api;
import io.nvme4j.memory.CopyPolicy;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.ScatterGatherList;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Calls in an order that nobody should use end in an exception, and break nothing. */
class AnyOrderTest {
    private static final String INLINE = "trtype:EMBEDDED size:1M";
    private static final String THREADED = "trtype:EMBEDDED size:1M mode:threaded";

    @ParameterizedTest
    @ValueSource(strings = {INLINE, THREADED})
    void aClosedControllerRefusesEveryCallThatNeedsIt(String id) {
        Controller controller = Controller.attach(id);
        Namespace namespace = controller.namespace(1);
        controller.close();
        List<Executable> calls =
                List.of(
                        controller::isInline,
                        controller::isSelfMade,
                        controller::smartLog,
                        controller::capabilities,
                        controller::version,
                        controller::description,
                        () -> controller.identify(namespace),
                        () -> controller.allocate(4096),
                        () -> controller.register(Arena.global().allocate(4096, 4096)),
                        () -> controller.queuePair(1),
                        () -> Api.commandQueue(controller, 1),
                        () -> controller.reset(1),
                        () -> Engine.start(controller, 1));
        for (Executable call : calls) {
            assertThrows(IllegalStateException.class, call);
        }
        controller.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {INLINE, THREADED})
    void closingWhileOtherThreadsCallBreaksNothing(String id) throws InterruptedException {
        for (int round = 0; round < 50; round++) {
            Controller controller = Controller.attach(id);
            AtomicInteger calls = new AtomicInteger();
            List<Thread> callers =
                    List.of(call(controller::smartLog, calls), call(() -> plan(controller), calls));
            while (calls.get() < round) {
                Thread.onSpinWait();
            }
            controller.close(); // though calls have memory of the controller's
            for (Thread caller : callers) {
                caller.join();
            }
        }
    }

    /** Until the controller is closed. */
    private static Thread call(Runnable call, AtomicInteger calls) {
        return Thread.ofPlatform()
                .start(
                        () -> {
                            try {
                                while (true) {
                                    call.run();
                                    calls.incrementAndGet();
                                }
                            } catch (IllegalStateException e) {
                                calls.set(Integer.MAX_VALUE / 2); // closed
                            }
                        });
    }

    private static void plan(Controller controller) {
        ScatterGatherList none = controller.scatterGatherList(CopyPolicy.REFUSE).skip(512);
        controller.plan(controller.namespace(1), 0, none);
    }

    @Test
    void aRefusedCloseCountsWhatItsCallerCanClose() {
        Controller controller = Controller.attach(INLINE);
        QueuePair queue = controller.queuePair(4);
        Engine engine = Engine.builder(controller).depth(4).start();
        Engine other = Engine.builder(controller).depth(4).start();
        List<DmaBuffer> buffers =
                List.of(controller.allocate(1), controller.allocate(8 << 20), register(controller));
        assertThrows(IllegalArgumentException.class, () -> controller.queuePair(0));
        assertStillOpen(
                controller,
                "1 queue pair, 2 engines, 2 allocated buffers and 1 registered buffer are still"
                        + " open: close them first");
        queue.close();
        engine.close();
        engine.close();
        buffers.getFirst().close();
        assertStillOpen(
                controller,
                "1 engine, 1 allocated buffer and 1 registered buffer are still open: close them"
                        + " first");
        other.close();
        buffers.get(1).close();
        assertStillOpen(controller, "1 registered buffer is still open: close it first");
        buffers.getLast().close();
        controller.close();
    }

    private static DmaBuffer register(Controller controller) {
        return controller.register(Arena.global().allocate(8 << 20, 4096));
    }

    private static void assertStillOpen(Controller controller, String what) {
        ShimException e = assertThrows(ShimException.class, controller::close);
        assertEquals("closing the controller failed: " + what, e.getMessage());
        assertEquals(Errno.EBUSY, e.errno());
    }

    @Test
    void aHandlerCantCloseItsQueuePair() {
        try (Controller controller = Controller.attach(INLINE);
                DmaBuffer buffer = controller.allocate(4096);
                QueuePair queue = controller.queuePair(4)) {
            for (int tag = 0; tag < 3; tag++) {
                queue.read(controller.namespace(1), 0, 1, buffer, 0, tag);
            }
            assertThrows(
                    ArithmeticException.class,
                    () -> queue.process((tag, status, result) -> throwArithmetic()));
            AtomicInteger told = new AtomicInteger();
            while (queue.inFlight() > 0) {
                queue.process(
                        (tag, status, result) -> {
                            told.incrementAndGet();
                            assertThrows(IllegalStateException.class, queue::close);
                        });
            }
            assertEquals(2, told.get());
        }
    }

    private static void throwArithmetic() {
        throw new ArithmeticException();
    }

    @ParameterizedTest
    @ValueSource(strings = {INLINE, THREADED})
    void aListCantBeChangedFromItsPublishingOn(String id) throws Exception {
        try (Controller controller = Controller.attach(id);
                DmaBuffer a = controller.allocate(4096);
                Engine engine = Engine.start(controller, 4)) {
            ScatterGatherList list = controller.scatterGatherList(CopyPolicy.REFUSE);
            for (int i = 0; i < 200; i++) {
                list.clear().add(a, 0, 4096);
                CompletableFuture<Boolean> refused = new CompletableFuture<>();
                engine.callbacks(
                                (tag, status, result) ->
                                        refused.complete(publish(engine, controller, list)))
                        .flush(controller.namespace(1), 0);
                assertTrue(refused.get(30, TimeUnit.SECONDS));
                engine.blocking().flushAfterAll(controller.namespace(1));
            }
        }
    }

    /** On the reactor, which can't complete what it publishes here before this returns. */
    private static boolean publish(Engine engine, Controller controller, ScatterGatherList list) {
        engine.futures().write(controller.namespace(1), 0, list);
        try {
            list.clear();
            return false;
        } catch (IllegalStateException e) {
            return true;
        }
    }

    @Test
    void anErrorOfAConsumersLosesNoCompletionAndTellsNoneTwice() {
        try (Controller controller = Controller.attach(INLINE);
                Engine engine = Engine.start(controller, 4)) {
            CompletionRing ring = new CompletionRing(4);
            for (int tag = 0; tag < 3; tag++) {
                engine.callbacks(ring.handler()).flush(controller.namespace(1), tag);
            }
            AtomicInteger told = new AtomicInteger();
            while (told.get() < 3) {
                try {
                    ring.take(
                            (tag, status, result) -> {
                                assertEquals(told.getAndIncrement(), tag);
                                throw new AssertionError("a consumer's");
                            },
                            Duration.ofSeconds(30));
                } catch (AssertionError e) {
                    assertEquals("a consumer's", e.getMessage());
                }
            }
            assertEquals(0, ring.outstanding());
        }
    }

    @Test
    void waitingForAFutureOnTheReactorIsRefused() throws Exception {
        try (Controller controller = Controller.attach(INLINE);
                Engine engine = Engine.start(controller, 4)) {
            Namespace namespace = controller.namespace(1);
            CompletableFuture<Integer> refused = new CompletableFuture<>();
            engine.callbacks((tag, status, result) -> refused.complete(waits(engine, namespace)))
                    .flush(namespace, 0);
            assertEquals(4, refused.get(30, TimeUnit.SECONDS));
        }
    }

    /** How many of the ways to wait for a future are refused, of four. */
    private static int waits(Engine engine, Namespace namespace) {
        CompletableFuture<Integer> future = engine.futures().flush(namespace);
        List<Executable> ways =
                List.of(
                        future::join,
                        future::get,
                        () -> future.get(1, TimeUnit.DAYS),
                        () -> future.thenApply(result -> result).join());
        ways.forEach(way -> assertThrows(IllegalStateException.class, way));
        return ways.size();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 7, 1L << 36, 1L << 62, Long.MAX_VALUE})
    void cancellingATicketThatNobodyHasTellsNobody(long ticket) {
        try (Controller controller = Controller.attach(INLINE);
                Engine engine = Engine.builder(controller).depth(2).ringSize(2).start()) {
            Namespace namespace = controller.namespace(1);
            AtomicInteger told = new AtomicInteger();
            engine.callbacks((tag, status, result) -> told.incrementAndGet()).flush(namespace, 0);
            engine.blocking().flushAfterAll(namespace);
            engine.cancel(ticket);
            engine.blocking().flushAfterAll(namespace);
            assertEquals(1, told.get());
        }
    }

    @Test
    void anEngineThatCantStartLeavesNothingBehind() {
        try (Controller controller = Controller.attach(INLINE)) {
            ReactorGroup group = ReactorGroup.start(2, IdleStrategy.SLEEP);
            group.close();
            assertThrows(
                    IllegalStateException.class,
                    () -> Engine.builder(controller).reactors(group).start());
            assertThrows(
                    IllegalArgumentException.class,
                    () -> Engine.start(controller, Integer.MAX_VALUE));
        } // which refuses to close while anything is open
    }

    @Test
    @SuppressWarnings("NullAway") // which callers need not use
    void aHandlerIsNotNull() {
        try (Controller controller = Controller.attach(INLINE);
                QueuePair queue = controller.queuePair(1);
                Engine engine = Engine.start(controller, 1)) {
            assertThrows(NullPointerException.class, () -> queue.process(null));
            assertThrows(
                    NullPointerException.class,
                    () -> engine.callbacks(null).flush(controller.namespace(1), 0));
        }
    }

    @Test
    void aConsumerCantPollItsOwnRing() {
        try (Controller controller = Controller.attach(INLINE);
                Engine engine = Engine.start(controller, 4)) {
            CompletionRing ring = new CompletionRing(4);
            AtomicInteger told = new AtomicInteger();
            for (int tag = 0; tag < 3; tag++) {
                engine.callbacks(ring.handler()).flush(controller.namespace(1), tag);
            }
            CompletionHandler again =
                    (tag, status, result) -> {
                        told.incrementAndGet();
                        assertThrows(
                                IllegalStateException.class,
                                () -> ring.poll((other, s, r) -> told.incrementAndGet()));
                    };
            while (ring.outstanding() > 0) {
                ring.poll(again);
            }
            assertEquals(3, told.get());
        }
    }

    @Test
    void anotherThreadCantPublishForASingleProducer() throws InterruptedException {
        try (Controller controller = Controller.attach(INLINE);
                Engine engine = Engine.builder(controller).depth(4).singleProducer().start()) {
            Namespace namespace = controller.namespace(1);
            engine.blocking().flush(namespace);
            AtomicInteger refused = new AtomicInteger();
            Thread.ofPlatform()
                    .start(
                            () -> {
                                assertThrows(
                                        IllegalStateException.class,
                                        () -> engine.futures().flush(namespace));
                                refused.incrementAndGet();
                            })
                    .join();
            assertEquals(1, refused.get());
            engine.blocking().flush(namespace);
        }
    }
}
