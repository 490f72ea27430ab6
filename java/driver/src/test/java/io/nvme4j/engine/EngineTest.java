// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.CompletionHandler;
import io.nvme4j.Controller;
import io.nvme4j.Namespace;
import io.nvme4j.Transports;
import io.nvme4j.Transports.Transport;
import io.nvme4j.memory.DmaBuffer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;

class EngineTest {
    private static final int THREADS = 4;

    static List<Transport> transports() {
        return Transports.all();
    }

    /** Each thread owns a part of the disk, writes it and reads it back, all through one engine. */
    @ParameterizedTest
    @MethodSource("transports")
    void manyThreadsShareOneQueuePair(Transport transport) throws Exception {
        try (Controller controller = transport.attach();
                Engine engine = Engine.start(controller, 16);
                ExecutorService executor = Executors.newFixedThreadPool(THREADS)) {
            Namespace namespace = controller.namespace(transport.namespace());
            List<Callable<Void>> workers = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int worker = i;
                workers.add(() -> writeAndReadBack(controller, engine, namespace, worker));
            }
            for (Future<Void> future : executor.invokeAll(workers)) {
                future.get();
            }
        }
    }

    private static Void writeAndReadBack(
            Controller controller, Engine engine, Namespace namespace, int worker)
            throws InterruptedException {
        int blocks = 500;
        int size = namespace.blockSize();
        AtomicInteger failed = new AtomicInteger();
        Semaphore completions = new Semaphore(0);
        CompletionHandler handler =
                (tag, status, result) -> {
                    failed.addAndGet(status == 0 ? 0 : 1);
                    completions.release();
                };
        try (DmaBuffer out = controller.allocate((long) blocks * size);
                DmaBuffer in = controller.allocate((long) blocks * size)) {
            for (long at = 0; at < out.length(); at += Long.BYTES) {
                out.segment()
                        .set(ValueLayout.JAVA_LONG, at, ThreadLocalRandom.current().nextLong());
            }
            for (int block = 0; block < blocks; block++) {
                engine.callbacks(handler)
                        .write(
                                namespace,
                                10_000L + (long) worker * blocks + block,
                                1,
                                out,
                                (long) block * size,
                                block);
            }
            await(completions, blocks);
            engine.callbacks(handler).flush(namespace, -1);
            await(completions, 1);
            for (int block = 0; block < blocks; block++) {
                engine.callbacks(handler)
                        .read(
                                namespace,
                                10_000L + (long) worker * blocks + block,
                                1,
                                in,
                                (long) block * size,
                                block);
            }
            await(completions, blocks);
            assertEquals(0, failed.get());
            assertEquals(-1, out.segment().mismatch(in.segment()));
        }
        return null;
    }

    private static void await(Semaphore completions, int count) throws InterruptedException {
        assertTrue(completions.tryAcquire(count, 60, TimeUnit.SECONDS), "commands complete");
    }

    @ParameterizedTest
    @MethodSource("transports")
    void closingWaitsForWhatWasPublishedAndRefusesTheRest(Transport transport) throws Exception {
        for (int round = 0; round < 20; round++) {
            AtomicIntegerArray completions = new AtomicIntegerArray(THREADS * 1000);
            AtomicIntegerArray published = new AtomicIntegerArray(THREADS * 1000);
            try (Controller controller = transport.attach();
                    DmaBuffer buffer = controller.allocate(4096)) {
                Namespace namespace = controller.namespace(transport.namespace());
                Engine engine = Engine.start(controller, 8);
                List<Thread> threads = new ArrayList<>();
                for (int i = 0; i < THREADS; i++) {
                    int first = i * 1000;
                    Runnable publisher =
                            () -> {
                                for (int tag = first; tag < first + 1000; tag++) {
                                    try {
                                        engine.callbacks(
                                                        (t, s, r) ->
                                                                completions.incrementAndGet(
                                                                        (int) t))
                                                .read(namespace, 0, 1, buffer, 0, tag);
                                        published.set(tag, 1);
                                    } catch (IllegalStateException e) {
                                        return; // closed
                                    }
                                }
                            };
                    threads.add(Thread.ofPlatform().start(publisher));
                }
                int last = ThreadLocalRandom.current().nextInt(1000); // of the first publisher
                while (published.get(last) == 0) {
                    Thread.onSpinWait();
                }
                engine.close();
                engine.close();
                for (Thread thread : threads) {
                    thread.join();
                }
                assertThrows(
                        IllegalStateException.class,
                        () -> engine.callbacks((t, s, r) -> {}).flush(namespace, 0));
            }
            for (int tag = 0; tag < completions.length(); tag++) {
                assertEquals(published.get(tag), completions.get(tag), "tag " + tag);
            }
        }
    }

    /** A handler that keeps publishing never deadlocks with its own ring. */
    @ParameterizedTest
    @MethodSource("transports")
    void handlersMayPublish(Transport transport) throws Exception {
        int chains = 16;
        try (Controller controller = transport.attach();
                DmaBuffer buffer = controller.allocate(4096);
                Engine engine = Engine.start(controller, 8)) {
            Namespace namespace = controller.namespace(transport.namespace());
            CountDownLatch ended = new CountDownLatch(chains);
            int[] left = new int[chains];
            CompletionHandler chain =
                    new CompletionHandler() {
                        @Override
                        public void onCompletion(long tag, int status, int result) {
                            if (status != 0 || --left[(int) tag] == 0) {
                                ended.countDown();
                            } else {
                                engine.callbacks(this).read(namespace, 0, 1, buffer, 0, tag);
                            }
                        }
                    };
            for (int tag = 0; tag < chains; tag++) {
                left[tag] = 200;
                engine.callbacks(chain).read(namespace, 0, 1, buffer, 0, tag);
            }
            assertTrue(ended.await(60, TimeUnit.SECONDS));
            for (int count : left) {
                assertEquals(0, count);
            }
        }
    }

    @Test
    void aHandlerThatThrowsDoesNotEndTheReactor() throws Exception {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M");
                DmaBuffer buffer = controller.allocate(4096)) {
            Namespace namespace = controller.namespace(1);
            AtomicReference<Throwable> uncaught = new AtomicReference<>();
            Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
            Thread.setDefaultUncaughtExceptionHandler((thread, e) -> uncaught.set(e));
            try (Engine engine = Engine.start(controller, 4)) {
                CountDownLatch second = new CountDownLatch(1);
                engine.callbacks(
                                (t, s, r) -> {
                                    throw new IllegalArgumentException("a mistake");
                                })
                        .read(namespace, 0, 1, buffer, 0, 0);
                engine.callbacks((t, s, r) -> second.countDown())
                        .read(namespace, 0, 1, buffer, 0, 1);
                assertTrue(second.await(10, TimeUnit.SECONDS));
                assertTrue(uncaught.get() instanceof IllegalArgumentException);
            } finally {
                Thread.setDefaultUncaughtExceptionHandler(before);
            }
        }
    }

    @Test
    void anEngineThatCanNotStartLeavesNothingBehind() {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M")) {
            for (int depth : new int[] {0, -5, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
                assertThrows(IllegalArgumentException.class, () -> Engine.start(controller, depth));
            }
        }
    }

    /**
     * Buffers are closed at random moments by other threads while commands are published and in
     * flight: a close is refused, or the command fails, but data never arrives in memory that was
     * freed, and every command completes.
     */
    @ParameterizedTest
    @MethodSource("transports")
    void buffersMayBeClosedAtAnyMoment(Transport transport) throws Exception {
        try (Controller controller = transport.attach();
                Engine engine = Engine.start(controller, 8)) {
            Namespace namespace = controller.namespace(transport.namespace());
            for (int round = 0; round < 200; round++) {
                DmaBuffer buffer = controller.allocate(8192);
                CountDownLatch completed = new CountDownLatch(8);
                Thread closer = Thread.ofPlatform().start(() -> closeSoon(buffer));
                for (int i = 0; i < 8; i++) {
                    try {
                        engine.callbacks((t, s, r) -> completed.countDown())
                                .read(namespace, i, 1, buffer, 0, i);
                    } catch (IllegalStateException e) {
                        completed.countDown(); // closed before it was published
                    }
                }
                assertTrue(completed.await(30, TimeUnit.SECONDS), "commands complete");
                closer.join();
                buffer.close();
                assertFalse(buffer.isAlive());
            }
        }
    }

    private static void closeSoon(DmaBuffer buffer) {
        int spins = ThreadLocalRandom.current().nextInt(2000);
        for (int i = 0; i < spins; i++) {
            Thread.onSpinWait();
        }
        try {
            buffer.close();
        } catch (IllegalStateException e) {
            // In flight: refused, as it must be.
        }
    }
}
