// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import static io.nvme4j.Completions.drain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.memory.CopyPolicy;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.MemoryKind;
import io.nvme4j.memory.ScatterGatherList;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/** Memory of the caller's as DMA memory. */
class RegistrationTest {
    private static final Class<IllegalStateException> CLOSE_REFUSED = IllegalStateException.class;

    private final Controller controller =
            Controller.attach("trtype:EMBEDDED size:64M iova:scrambled mode:threaded");
    private final QueuePair queue = controller.queuePair(16);
    private final Namespace namespace = controller.namespace(1);

    @AfterEach
    void detach() {
        queue.close();
        controller.close();
    }

    @Test
    void anArenasMemoryIsUsedWhereItIs() {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment segment = arena.allocate(1 << 20, 4096);
            try (DmaBuffer buffer = controller.register(segment)) {
                assertEquals(MemoryKind.REGISTERED, buffer.kind());
                segment.fill((byte) 7);
                queue.write(namespace, 0, 256, buffer, 4096, 0);
                queue.write(
                        namespace,
                        256,
                        controller
                                .scatterGatherList(CopyPolicy.REFUSE)
                                .add(segment.asSlice(512, 512)),
                        0);
                assertEquals(0, drain(queue));
                segment.fill((byte) 0);
                queue.read(namespace, 0, 257 - 1, buffer, 8192 + 4, 0);
                assertEquals(0, drain(queue));
                assertEquals(7, segment.get(ValueLayout.JAVA_BYTE, 8192 + 4));
                assertEquals(0, segment.get(ValueLayout.JAVA_BYTE, 8192 + 3));
            }
        }
    }

    @Test
    void memoryThatBeginsAndEndsInsidePages() {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment segment = arena.allocate(64 << 10, 4096).asSlice(100, 50_000);
            try (DmaBuffer buffer = controller.register(segment)) {
                byte[] data = new byte[80 * 512];
                new Random(1).nextBytes(data);
                queue.write(namespace, 5, MemorySegment.ofArray(data), 0);
                assertEquals(0, drain(queue));
                queue.read(namespace, 5, 80, buffer, 4000, 0);
                assertEquals(0, drain(queue));
                MemorySegment read = segment.asSlice(4000, data.length);
                assertEquals(-1, read.mismatch(MemorySegment.ofArray(data)));
            }
        }
    }

    @Test
    void theSameRangeAgainIsTheSameBuffer() {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment segment = arena.allocate(8192, 4096);
            try (DmaBuffer buffer = controller.register(segment)) {
                assertSame(buffer, controller.register(segment.asSlice(0)));
                MemorySegment constant = segment.asReadOnly();
                assertThrows(
                        IllegalArgumentException.class,
                        () -> controller.register(constant),
                        "reads could go to memory that this caller can't write to");
            }
            controller.register(segment).close();
        }
    }

    @Test
    void whatSharesAPageIsRefused() {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment segment = arena.allocate(16384, 4096);
            try (DmaBuffer buffer = controller.register(segment.asSlice(0, 6000))) {
                assertThrows(
                        IllegalArgumentException.class,
                        () -> controller.register(segment.asSlice(4096, 4096)));
                assertThrows(
                        IllegalArgumentException.class,
                        () -> controller.register(segment.asSlice(6000, 100)));
                assertThrows(IllegalArgumentException.class, () -> controller.register(segment));
                controller.register(segment.asSlice(8192, 8192)).close();
                assertThrows(
                        IllegalArgumentException.class,
                        () -> controller.register(buffer.segment().asSlice(0, 10)));
            }
            try (DmaBuffer allocated = controller.allocate(4096)) {
                assertThrows(
                        IllegalArgumentException.class,
                        () -> controller.register(allocated.segment().asSlice(0, 10)));
            }
        }
    }

    @Test
    void memoryOfOtherKindsIsRefusedWithAReason() {
        assertThrows(
                IllegalArgumentException.class,
                () -> controller.register(MemorySegment.ofArray(new byte[4096])));
        assertThrows(IllegalArgumentException.class, () -> controller.register(MemorySegment.NULL));
        MemorySegment closed;
        try (Arena arena = Arena.ofConfined()) {
            closed = arena.allocate(4096, 4096);
            IllegalArgumentException refused =
                    assertThrows(IllegalArgumentException.class, () -> controller.register(closed));
            assertTrue(String.valueOf(refused.getMessage()).contains("Arena.ofShared"));
        }
        MemorySegment gone;
        try (Arena shared = Arena.ofShared()) {
            gone = shared.allocate(4096, 4096);
        }
        assertThrows(IllegalStateException.class, () -> controller.register(gone));
        ScatterGatherList list = controller.scatterGatherList(CopyPolicy.COPY);
        assertThrows(IllegalStateException.class, () -> list.add(gone));
    }

    @Test
    void theArenaCannotBeClosedBeforeTheRegistrationEnds() {
        try (Arena arena = Arena.ofShared()) {
            DmaBuffer buffer = controller.register(arena.allocate(4096, 4096));
            assertThrows(IllegalStateException.class, arena::close);
            queue.read(namespace, 0, 8, buffer, 0, 0);
            assertThrows(IllegalStateException.class, buffer::close);
            assertEquals(0, drain(queue));
            buffer.close();
        }
    }

    /** Far fewer threads than arenas, and each arena is held from its registration to its end. */
    @Test
    @SuppressWarnings("MustBeClosed") // all are, in an order of their own
    void aThreadHoldsManyArenas() {
        int count = 500;
        Random random = new Random(4);
        Map<Arena, DmaBuffer> registered = new HashMap<>();
        for (int i = 0; i < 2 * count; i++) {
            if (random.nextInt(3) > 0) {
                Arena arena = Arena.ofShared();
                registered.put(arena, controller.register(arena.allocate(4096, 4096)));
            } else if (!registered.isEmpty()) {
                Arena arena = registered.keySet().iterator().next();
                Objects.requireNonNull(registered.remove(arena)).close();
                arena.close();
            }
        }
        registered.keySet().forEach(arena -> assertThrows(CLOSE_REFUSED, arena::close));
        long threads = holdingThreads();
        assertTrue(threads < 20, threads + " threads hold " + registered.size() + " arenas");
        registered.values().forEach(DmaBuffer::close);
        registered.keySet().forEach(Arena::close);
    }

    private static long holdingThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("nvme4j-hold"))
                .count();
    }

    @Test
    void anArenaIsHeldUntilItsLastRegistrationEnds() {
        try (Arena arena = Arena.ofShared()) {
            DmaBuffer one = controller.register(arena.allocate(4096, 4096));
            DmaBuffer other = controller.register(arena.allocate(4096, 4096));
            one.close();
            assertThrows(CLOSE_REFUSED, arena::close);
            other.close();
        }
    }

    @Test
    void threadsThatRegisterAtOnceHoldTheirOwnArenas() throws Exception {
        try (ExecutorService executor = Executors.newFixedThreadPool(4)) {
            Callable<Integer> churn = this::refusalsOfARegisteringThread;
            for (Future<Integer> each : executor.invokeAll(Collections.nCopies(4, churn))) {
                assertEquals(200, each.get());
            }
        }
    }

    /** How often, of 200 times, an arena was refused to close before its registration ended. */
    private int refusalsOfARegisteringThread() {
        int refused = 0;
        for (int i = 0; i < 200; i++) {
            try (Arena arena = Arena.ofShared();
                    DmaBuffer buffer = controller.register(arena.allocate(4096, 4096))) {
                assertThrows(CLOSE_REFUSED, arena::close);
                refused += buffer.isAlive() ? 1 : 0;
            }
        }
        return refused;
    }

    @Test
    void arenasThatAreNeverClosedAreTakenToo() {
        for (Arena arena : new Arena[] {Arena.ofAuto(), Arena.global()}) {
            try (DmaBuffer buffer = controller.register(arena.allocate(4096, 4096))) {
                queue.read(namespace, 0, 8, buffer, 0, 0);
                assertEquals(0, drain(queue));
            }
        }
    }

    @Test
    void aReadOnlySegmentIsNoTargetOfARead() {
        try (Arena arena = Arena.ofShared();
                DmaBuffer buffer = controller.register(arena.allocate(4096, 4096).asReadOnly())) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> queue.read(namespace, 0, 8, buffer, 0, 0));
            queue.write(namespace, 0, 8, buffer, 0, 0);
            assertEquals(0, drain(queue));
        }
    }

    @Test
    void aMappedFileThatIsTruncatedFailsTheCommandOnly(@TempDir Path directory) throws IOException {
        try (FileChannel file =
                        FileChannel.open(
                                directory.resolve("mapped"),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.READ,
                                StandardOpenOption.WRITE);
                Arena arena = Arena.ofShared()) {
            MemorySegment segment = file.map(FileChannel.MapMode.READ_WRITE, 0, 64 << 10, arena);
            try (DmaBuffer buffer = controller.register(segment)) {
                queue.read(namespace, 0, 128, buffer, 0, 0);
                assertEquals(0, drain(queue));
                file.truncate(4096);
                queue.read(namespace, 0, 8, buffer, 0, 0);
                assertEquals(0, drain(queue));
                queue.read(namespace, 0, 8, buffer, 8192, 0);
                assertNotEquals(0, drain(queue));
                queue.write(namespace, 0, 8, buffer, 8192, 0);
                assertNotEquals(0, drain(queue));
            }
        }
    }

    @Test
    void buffersComeAndGoWhileOthersAreLookedUp() throws InterruptedException {
        AtomicBoolean stop = new AtomicBoolean();
        Thread churn =
                new Thread(
                        () -> {
                            while (!stop.get()) {
                                try (Arena arena = Arena.ofShared();
                                        DmaBuffer one = controller.allocate(12288);
                                        DmaBuffer two =
                                                controller.register(arena.allocate(8192, 4096))) {
                                    assertTrue(one.isAlive() && two.isAlive());
                                }
                            }
                        });
        churn.start();
        Random random = new Random(3);
        try (Arena arena = Arena.ofShared();
                DmaBuffer buffer = controller.register(arena.allocate(1 << 20, 4096))) {
            ScatterGatherList list = controller.scatterGatherList(CopyPolicy.REFUSE);
            for (int i = 0; i < 3000; i++) {
                int page = random.nextInt(255);
                MemorySegment slice = buffer.segment().asSlice(page * 4096L, 4096);
                slice.set(ValueLayout.JAVA_INT, 0, i);
                queue.write(namespace, page * 8L, list.clear().add(slice), 0);
                assertEquals(0, drain(queue));
                slice.fill((byte) 0);
                queue.read(namespace, page * 8L, list.clear().add(slice), 0);
                assertEquals(0, drain(queue));
                assertEquals(i, slice.get(ValueLayout.JAVA_INT, 0));
            }
        } finally {
            stop.set(true);
            churn.join();
        }
    }
}
