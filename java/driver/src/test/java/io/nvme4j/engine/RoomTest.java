// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.Controller;
import io.nvme4j.Namespace;
import io.nvme4j.Transports;
import io.nvme4j.Transports.Transport;
import io.nvme4j.internal.wait.Waiting;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Who waits for room in an engine's ring is told when there is some. */
class RoomTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    static List<Transport> transports() {
        return Transports.all();
    }

    /** An engine whose ring is full, as its reactor stays in a handler. */
    private static final class FullRing implements AutoCloseable {
        final Controller controller = Controller.attach("trtype:EMBEDDED size:1M");
        final Engine engine = Engine.builder(controller).depth(1).ringSize(2).start();
        final Room room = engine.room();
        private final CountDownLatch goesOn = new CountDownLatch(1);

        FullRing() throws InterruptedException {
            Namespace namespace = controller.namespace(1);
            CountDownLatch stopped = new CountDownLatch(1);
            engine.callbacks(
                            (tag, status, result) -> {
                                stopped.countDown();
                                Waiting.await(goesOn, LONG.toNanos());
                            })
                    .flush(namespace, 0);
            assertTrue(stopped.await(30, TimeUnit.SECONDS));
            CallbackIo trying = engine.callbacks((tag, status, result) -> {}).trying();
            while (trying.flush(namespace, 0) != Engine.NO_ROOM) {
                // until there is no room
            }
        }

        void goOn() {
            goesOn.countDown();
        }

        @Override
        public void close() {
            goOn();
            engine.close();
            controller.close();
        }
    }

    @Test
    void allWaysToWaitEndWhenTheReactorTakesRequests() throws Exception {
        try (FullRing ring = new FullRing();
                ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            CompletableFuture<Void> future = ring.room.future();
            CountDownLatch told = new CountDownLatch(1);
            ring.room.whenThere(told::countDown);
            Future<Boolean> parked = executor.submit(() -> ring.room.await(LONG));
            assertFalse(ring.room.isThere());
            assertFalse(ring.room.await(Duration.ofMillis(1)));
            assertFalse(future.isDone());
            assertEquals(1, told.getCount());
            ring.goOn();
            future.get(30, TimeUnit.SECONDS);
            assertTrue(told.await(30, TimeUnit.SECONDS));
            assertTrue(parked.get(30, TimeUnit.SECONDS));
            ring.engine.blocking().flushAfterAll(ring.controller.namespace(1));
            assertTrue(ring.room.isThere());
            assertTrue(ring.room.await(Duration.ZERO));
            assertTrue(ring.room.future().isDone());
        }
    }

    @Test
    void theEndOfAnEngineEndsTheWait() throws Exception {
        try (FullRing ring = new FullRing();
                ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            CompletableFuture<Void> future = ring.room.future();
            Future<?> closing = executor.submit(() -> ring.engine.close());
            future.get(30, TimeUnit.SECONDS);
            assertTrue(ring.room.await(LONG));
            assertThrows(
                    IllegalStateException.class,
                    () -> ring.engine.futures().trying().flush(ring.controller.namespace(1)));
            ring.goOn();
            closing.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void aThreadThatIsInterruptedDoesNotWait() throws Exception {
        try (FullRing ring = new FullRing()) {
            Thread.currentThread().interrupt();
            assertFalse(ring.room.await(LONG));
            assertTrue(Thread.interrupted());
        }
    }

    @Test
    void aHandlerCanNotWaitForRoomButIsToldOfIt() throws Exception {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M");
                Engine engine = Engine.builder(controller).depth(1).ringSize(2).start()) {
            Namespace namespace = controller.namespace(1);
            CompletableFuture<Boolean> refused = new CompletableFuture<>();
            CompletableFuture<Integer> later = new CompletableFuture<>();
            CallbackIo last = engine.callbacks((tag, status, result) -> later.complete(status));
            engine.callbacks(
                            (tag, status, result) -> {
                                CallbackIo trying = engine.callbacks((t, s, r) -> {}).trying();
                                while (trying.flush(namespace, 0) != Engine.NO_ROOM) {
                                    // until there is no room
                                }
                                engine.room().whenThere(() -> last.flush(namespace, 0));
                                refused.complete(refusesToWait(engine));
                            })
                    .flush(namespace, 0);
            assertTrue(refused.get(30, TimeUnit.SECONDS));
            assertEquals(0, later.get(30, TimeUnit.SECONDS));
        }
    }

    private static boolean refusesToWait(Engine engine) {
        try {
            engine.room().await(LONG);
            return false;
        } catch (IllegalStateException e) {
            return true;
        }
    }

    /** Threads that only ever try, and park in between: all get on. */
    @ParameterizedTest
    @MethodSource("transports")
    void manyWhoTryAndWaitAllPublish(Transport transport) throws Exception {
        int threads = 50;
        int each = 200;
        try (Controller controller = transport.attach();
                Engine engine = Engine.builder(controller).depth(4).ringSize(8).start();
                ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Namespace namespace = controller.namespace(transport.namespace());
            AtomicInteger told = new AtomicInteger();
            CallbackIo io = engine.callbacks((tag, status, result) -> told.incrementAndGet());
            List<Future<Integer>> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                all.add(executor.submit(() -> publish(engine, io.trying(), namespace, each)));
            }
            for (Future<Integer> one : all) {
                assertEquals(each, one.get(60, TimeUnit.SECONDS));
            }
            engine.blocking().flushAfterAll(namespace);
            assertEquals(threads * each, told.get());
        }
    }

    private static int publish(Engine engine, CallbackIo io, Namespace namespace, int count) {
        int published = 0;
        while (published < count) {
            if (io.flush(namespace, 0) != Engine.NO_ROOM) {
                published++;
            } else if (!engine.room().await(LONG)) {
                return published;
            }
        }
        return published;
    }
}
