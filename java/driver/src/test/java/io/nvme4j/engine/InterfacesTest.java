// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.Controller;
import io.nvme4j.Namespace;
import io.nvme4j.Transports;
import io.nvme4j.Transports.Transport;
import io.nvme4j.error.CommandException;
import io.nvme4j.error.NvmeException;
import io.nvme4j.internal.wait.Waiting;
import io.nvme4j.memory.DmaBuffer;

import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How callers learn of completions: futures, blocking calls, completion rings; several reactors.
 */
class InterfacesTest {
    private static final String PINNED = "jdk.VirtualThreadPinned";
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    static List<Transport> transports() {
        return Transports.all();
    }

    @ParameterizedTest
    @MethodSource("transports")
    void futuresCompleteWithWhatTheDeviceSays(Transport transport) throws Exception {
        try (Controller controller = transport.attach();
                DmaBuffer buffer = controller.allocate(1 << 16);
                Engine engine = Engine.start(controller, 16)) {
            Namespace namespace = controller.namespace(transport.namespace());
            FutureIo io = engine.futures();
            int size = namespace.blockSize();
            buffer.segment().set(ValueLayout.JAVA_LONG, 0, 0x1234_5678L);
            CompletableFuture<Long> readBack =
                    io.write(namespace, 7, 1, buffer, 0)
                            .thenCompose(result -> io.flush(namespace))
                            .thenCompose(result -> io.read(namespace, 7, 1, buffer, size))
                            .thenApply(result -> buffer.segment().get(ValueLayout.JAVA_LONG, size));
            assertEquals(0x1234_5678L, readBack.get(30, TimeUnit.SECONDS));
            ExecutionException outside =
                    assertThrows(
                            ExecutionException.class,
                            () ->
                                    io.read(namespace, namespace.blocks(), 1, buffer, 0)
                                            .get(30, TimeUnit.SECONDS));
            assertInstanceOf(CommandException.class, outside.getCause());
        }
    }

    /** Heap arrays, and transfers that are many commands, through the blocking interface. */
    @ParameterizedTest
    @MethodSource("transports")
    void blockingCallsMoveAnyMemoryOfAnySize(Transport transport) {
        try (Controller controller = transport.attach();
                Engine engine = Engine.start(controller, 32)) {
            Namespace namespace = controller.namespace(transport.namespace());
            BlockingIo io = engine.blocking();
            byte[] written = new byte[(1 << 20) + namespace.blockSize()];
            new Random(1).nextBytes(written);
            io.write(namespace, 100, MemorySegment.ofArray(written));
            io.flush(namespace);
            byte[] read = new byte[written.length];
            io.read(namespace, 100, MemorySegment.ofArray(read));
            assertArrayEquals(written, read);
            io.writeZeroes(namespace, 100, 1);
            byte[] block = new byte[namespace.blockSize()];
            block[0] = 1;
            io.read(namespace, 100, MemorySegment.ofArray(block));
            assertArrayEquals(new byte[namespace.blockSize()], block);
            assertThrows(
                    CommandException.class,
                    () ->
                            io.read(
                                    namespace,
                                    namespace.blocks(),
                                    MemorySegment.ofArray(new byte[namespace.blockSize()])));
        }
    }

    /** Ten thousand virtual threads at once: none is lost, and none keeps others from running. */
    @ParameterizedTest
    @MethodSource("transports")
    void virtualThreadsBlock(Transport transport) throws Exception {
        int count = 10_000;
        try (Controller controller = transport.attach();
                DmaBuffer buffer = controller.allocate(1 << 16);
                Engine engine = Engine.start(controller, 64);
                ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Namespace namespace = controller.namespace(transport.namespace());
            BlockingIo io = engine.blocking();
            CountDownLatch all = new CountDownLatch(count);
            List<Future<Integer>> futures = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                long block = i;
                futures.add(
                        executor.submit(
                                () -> {
                                    all.countDown();
                                    all.await(); // so that they all are there at once
                                    return io.read(namespace, block, 1, buffer, 0);
                                }));
            }
            for (Future<Integer> future : futures) {
                future.get(120, TimeUnit.SECONDS);
            }
            assertEquals(count, engine.statistics().completed());
        }
    }

    /** While they wait, their carriers run others: the Flight Recorder sees none pinned. */
    @Test
    void noCarrierIsPinned() throws Exception {
        try (Controller controller =
                        Controller.attach("trtype:EMBEDDED size:1M mode:threaded latency:1ms");
                DmaBuffer buffer = controller.allocate(4096);
                Engine engine = Engine.start(controller, 64);
                ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
                Recording recording = new Recording()) {
            Namespace namespace = controller.namespace(1);
            Callable<Integer> read = () -> engine.blocking().read(namespace, 0, 1, buffer, 0);
            executor.submit(read).get(); // classes are initialized with a carrier pinned
            recording.enable(PINNED).withoutThreshold();
            recording.start();
            for (Future<Integer> future : executor.invokeAll(Collections.nCopies(1000, read))) {
                future.get();
            }
            recording.stop();
            Path file = Files.createTempFile("nvme4j-pinned-", ".jfr");
            try {
                recording.dump(file);
                assertTrue(
                        RecordingFile.readAllEvents(file).stream()
                                .noneMatch(event -> event.getEventType().getName().equals(PINNED)));
            } finally {
                Files.delete(file);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aCompletionRingGivesEachCompletionOnceToTheThreadThatTakesThem(Transport transport) {
        int count = 20_000;
        try (Controller controller = transport.attach();
                DmaBuffer buffer = controller.allocate(1 << 16);
                Engine engine = Engine.start(controller, 16)) {
            Namespace namespace = controller.namespace(transport.namespace());
            CompletionRing ring = new CompletionRing(64);
            CallbackIo io = engine.callbacks(ring.handler()).trying();
            BitSet seen = new BitSet();
            AtomicInteger failed = new AtomicInteger();
            int published = 0;
            while (seen.cardinality() < count) {
                while (published < count
                        && io.read(namespace, 0, 1, buffer, 0, published) != Engine.NO_ROOM) {
                    published++;
                }
                assertTrue(ring.outstanding() <= 64);
                int taken =
                        ring.take(
                                (tag, status, result) -> {
                                    assertFalse(seen.get((int) tag), "told twice");
                                    seen.set((int) tag);
                                    failed.addAndGet(status == 0 ? 0 : 1);
                                },
                                Duration.ofSeconds(30));
                assertTrue(taken > 0, "completions come");
            }
            assertEquals(0, failed.get());
            assertEquals(0, ring.outstanding());
        }
    }

    @Test
    void aConsumerThatThrowsHasHadItsCompletion() {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M");
                DmaBuffer buffer = controller.allocate(4096);
                Engine engine = Engine.start(controller, 4)) {
            CompletionRing ring = new CompletionRing(8);
            for (int tag = 0; tag < 3; tag++) {
                engine.callbacks(ring.handler())
                        .read(controller.namespace(1), 0, 1, buffer, 0, tag);
            }
            List<Long> told = new ArrayList<>();
            int thrown = 0;
            while (told.size() < 3) {
                try {
                    ring.take(
                            (tag, status, result) -> {
                                told.add(tag);
                                throw new IllegalArgumentException("a mistake");
                            },
                            Duration.ofSeconds(30));
                } catch (IllegalArgumentException e) {
                    thrown++;
                }
            }
            assertEquals(List.of(0L, 1L, 2L), told);
            assertEquals(3, thrown);
            assertEquals(0, ring.outstanding());
        }
    }

    /** Two controllers on two reactors: each engine has a queue pair on both. */
    @ParameterizedTest
    @MethodSource("transports")
    void enginesShareReactors(Transport transport) throws Exception {
        try (ReactorGroup group = ReactorGroup.start(2, IdleStrategy.YIELD);
                Controller one = transport.attach();
                Controller other = Controller.attach("trtype:EMBEDDED size:64M");
                DmaBuffer ofOne = one.allocate(4096);
                DmaBuffer ofOther = other.allocate(4096);
                Engine first = Engine.builder(one).depth(8).reactors(group).start();
                Engine second = Engine.builder(other).depth(8).reactors(group).start();
                ExecutorService executor = Executors.newFixedThreadPool(4)) {
            assertEquals(2, first.queueStatistics().size());
            List<Future<Void>> users = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                users.add(
                        executor.submit(
                                () -> {
                                    Namespace namespace = one.namespace(transport.namespace());
                                    for (int n = 0; n < 500; n++) {
                                        first.blocking().read(namespace, n, 1, ofOne, 0);
                                        second.blocking()
                                                .read(other.namespace(1), n, 1, ofOther, 0);
                                    }
                                    return null;
                                }));
            }
            for (Future<Void> user : users) {
                user.get(60, TimeUnit.SECONDS);
            }
            assertThrows(IllegalStateException.class, group::close);
            assertEquals(2000, first.statistics().completed());
            assertEquals(2000, second.statistics().completed());
        }
    }

    /** A flush with a barrier comes after all writes that were only published before. */
    @ParameterizedTest
    @MethodSource("transports")
    void theBarrierWaitsForWhatWasPublishedBefore(Transport transport) throws Exception {
        try (ReactorGroup group = ReactorGroup.start(2, IdleStrategy.SLEEP);
                Controller controller = transport.attach();
                DmaBuffer buffer = controller.allocate(1 << 16);
                Engine engine = Engine.builder(controller).depth(8).reactors(group).start()) {
            Namespace namespace = controller.namespace(transport.namespace());
            for (int round = 0; round < 50; round++) {
                AtomicInteger written = new AtomicInteger();
                AtomicInteger seenByFlush = new AtomicInteger(-1);
                CountDownLatch done = new CountDownLatch(1);
                AtomicInteger after = new AtomicInteger(-1);
                CallbackIo writes = engine.callbacks((t, s, r) -> written.incrementAndGet());
                for (int i = 0; i < 40; i++) {
                    writes.write(namespace, i, 1, buffer, 0, i);
                }
                engine.callbacks((t, status, r) -> seenByFlush.set(written.get()))
                        .flushAfterAll(namespace, 0);
                engine.callbacks(
                                (t, status, r) -> {
                                    after.set(status);
                                    done.countDown();
                                })
                        .read(namespace, 0, 1, buffer, 0, 0);
                assertTrue(done.await(30, TimeUnit.SECONDS));
                engine.blocking().flushAfterAll(namespace);
                assertEquals(40, seenByFlush.get());
                assertEquals(0, after.get());
            }
        }
    }

    @Test
    void tryingFindsNoRoomInsteadOfWaiting() throws Exception {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M");
                DmaBuffer buffer = controller.allocate(4096);
                Engine engine = Engine.builder(controller).depth(1).ringSize(2).start()) {
            Namespace namespace = controller.namespace(1);
            CountDownLatch goOn = new CountDownLatch(1);
            CountDownLatch blocked = new CountDownLatch(1);
            engine.callbacks(
                            (t, s, r) -> {
                                blocked.countDown();
                                Waiting.await(goOn, 30 * SECOND);
                            })
                    .flush(namespace, 0);
            assertTrue(blocked.await(30, TimeUnit.SECONDS));
            CallbackIo trying = engine.callbacks((t, s, r) -> {}).trying();
            int published = 0;
            while (trying.read(namespace, 0, 1, buffer, 0, 0) >= 0) {
                published++;
            }
            assertTrue(published >= 1 && published <= 2, "ring of 2: " + published);
            assertEquals(Optional.empty(), engine.futures().trying().flush(namespace));
            assertEquals(Optional.empty(), engine.blocking().trying().flush(namespace));
            assertEquals(Engine.NO_ROOM, trying.flushAfterAll(namespace, 0));
            IoOptions hurried = IoOptions.DEFAULT.waitForRoom(Duration.ofMillis(20));
            assertThrows(NvmeException.class, () -> engine.blocking(hurried).flush(namespace));
            assertTrue(engine.futures(hurried).flush(namespace).isCompletedExceptionally());
            goOn.countDown();
        }
    }

    @Test
    void aHandlerCanNotBlockItsOwnReactor() throws Exception {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M");
                Engine engine = Engine.start(controller, 4)) {
            Namespace namespace = controller.namespace(1);
            CompletableFuture<String> said = new CompletableFuture<>();
            engine.callbacks(
                            (t, s, r) -> {
                                try {
                                    engine.blocking().flush(namespace);
                                    said.complete("nothing");
                                } catch (IllegalStateException e) {
                                    said.complete("refused");
                                }
                            })
                    .flush(namespace, 0);
            assertEquals("refused", said.get(30, TimeUnit.SECONDS));
        }
    }
}
