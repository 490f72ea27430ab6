// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.Controller;
import io.nvme4j.Namespace;
import io.nvme4j.Transports;
import io.nvme4j.Transports.Transport;
import io.nvme4j.internal.engine.Idler;
import io.nvme4j.memory.DmaBuffer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Commands that are published as a batch wake the reactor once, when the last is published. */
class BatchTest {
    static List<Transport> transports() {
        return Transports.all();
    }

    @ParameterizedTest
    @MethodSource("transports")
    void eachCommandOfABatchHasItsCompletion(Transport transport) throws Exception {
        int count = 500; // more than the ring has room for
        try (Controller controller = transport.attach();
                DmaBuffer buffer = controller.allocate(1 << 16);
                Engine engine = Engine.builder(controller).depth(8).ringSize(16).start()) {
            Namespace namespace = controller.namespace(transport.namespace());
            CountDownLatch told = new CountDownLatch(count);
            engine.callbacks((tag, status, result) -> told.countDown())
                    .batch(
                            io -> {
                                for (int i = 0; i < count; i++) {
                                    io.read(namespace, i, 1, buffer, 0, i);
                                }
                            });
            assertTrue(told.await(60, TimeUnit.SECONDS));
            List<CompletableFuture<Integer>> futures = new ArrayList<>();
            engine.futures()
                    .batch(
                            io -> {
                                for (int i = 0; i < count; i++) {
                                    futures.add(io.read(namespace, i, 1, buffer, 0));
                                }
                            });
            for (CompletableFuture<Integer> future : futures) {
                future.get(60, TimeUnit.SECONDS);
            }
            assertEquals(2L * count, engine.statistics().completed());
        }
    }

    /** It would send the first long before 10 ms have passed, were it woken by it. */
    @Test
    void theReactorSleepsUntilTheLastIsPublished() {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M");
                Engine engine = Engine.start(controller, 64)) {
            boolean slept = false;
            while (!slept) { // unless it woke by itself, as it does now and then
                slept = sleepsThrough(engine, controller.namespace(1));
            }
            engine.blocking().flushAfterAll(controller.namespace(1));
        }
    }

    private static boolean sleepsThrough(Engine engine, Namespace namespace) {
        boolean[] slept = {false};
        engine.callbacks((tag, status, result) -> {})
                .batch(
                        io -> {
                            awaitSleep(engine);
                            long before = engine.statistics().submitted();
                            for (int i = 0; i < 8; i++) {
                                io.flush(namespace, i);
                            }
                            slept[0] = !submits(engine, before);
                        });
        return slept[0];
    }

    private static void awaitSleep(Engine engine) {
        Thread reactor = engine.lane(0).thread();
        while (!(LockSupport.getBlocker(reactor) instanceof Idler)) {
            Thread.onSpinWait();
        }
    }

    private static boolean submits(Engine engine, long before) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(10);
        while (System.nanoTime() - end < 0) {
            if (engine.statistics().submitted() != before) {
                return true;
            }
        }
        return false;
    }

    @Test
    void whatABodyThatThrowsHasPublishedGoesOut() throws Exception {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M");
                Engine engine = Engine.start(controller, 64)) {
            CompletableFuture<Integer> told = new CompletableFuture<>();
            CallbackIo io = engine.callbacks((tag, status, result) -> told.complete(status));
            assertThrows(
                    ArithmeticException.class,
                    () ->
                            io.batch(
                                    batch -> {
                                        batch.flush(controller.namespace(1), 0);
                                        throw new ArithmeticException("a caller's");
                                    }));
            assertEquals(0, told.get(30, TimeUnit.SECONDS));
        }
    }
}
