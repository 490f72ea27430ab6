// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;

import io.nvme4j.Controller;
import io.nvme4j.Namespace;
import io.nvme4j.QueuePair;
import io.nvme4j.Transports;
import io.nvme4j.Transports.Transport;
import io.nvme4j.engine.Engine;
import io.nvme4j.engine.IoOptions;
import io.nvme4j.error.CommandTimeoutException;
import io.nvme4j.error.ShimException;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/** Slices are one caller's at a time, never the controller's and a caller's, and none is lost. */
class DmaPoolTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    static List<Transport> transports() {
        return Transports.all();
    }

    private static Controller attach(String more) {
        return Controller.attach("trtype:EMBEDDED size:1M " + more);
    }

    /** Takes all that are to be had. */
    private static List<DmaBuffer> drain(DmaPool pool) {
        List<DmaBuffer> all = new ArrayList<>();
        for (DmaBuffer one = pool.tryAcquire(); one != null; one = pool.tryAcquire()) {
            all.add(one);
        }
        return all;
    }

    private static Set<DmaBuffer> identities(List<DmaBuffer> buffers) {
        Set<DmaBuffer> set = Collections.newSetFromMap(new IdentityHashMap<>());
        set.addAll(buffers);
        return set;
    }

    @Property(tries = 100)
    void anyOrderOfAcquiringAndReleasingAgreesWithASet(
            @ForAll @IntRange(min = 1, max = 9) int slices,
            @ForAll @IntRange(min = 1, max = 9000) int size,
            @ForAll @Size(max = 100) List<@IntRange(max = 15) Integer> steps) {
        try (Controller controller = attach("");
                DmaPool pool = controller.pool(size, slices)) {
            List<DmaBuffer> out = new ArrayList<>();
            for (int step : steps) {
                if (step < 8) {
                    DmaBuffer slice = pool.tryAcquire();
                    assertEquals(out.size() == slices, slice == null);
                    if (slice != null) {
                        assertEquals(size, slice.length());
                        assertTrue(identities(out).add(slice), "a slice is out twice");
                        out.add(slice);
                    }
                } else if (!out.isEmpty()) {
                    DmaBuffer slice = out.remove(step % out.size());
                    pool.release(slice);
                    assertThrows(IllegalStateException.class, () -> pool.release(slice));
                }
            }
            assertEquals(slices - out.size(), drainAndRelease(pool));
            if (!out.isEmpty()) {
                String refusal =
                        String.valueOf(
                                assertThrows(IllegalStateException.class, pool::close)
                                        .getMessage());
                assertTrue(refusal.startsWith(out.size() + " slice"), refusal);
            }
            out.forEach(pool::release);
        }
    }

    private static int drainAndRelease(DmaPool pool) {
        List<DmaBuffer> all = drain(pool);
        all.forEach(pool::release);
        return all.size();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 512, 4096, 5000, 70_000})
    void slicesAreApartAndLargeOnesBeginWithAPage(int size) {
        try (Controller controller = attach("iova:scrambled");
                DmaPool pool = controller.pool(size, 20)) {
            List<DmaBuffer> all = drain(pool);
            assertEquals(20, all.size());
            List<Long> begins = all.stream().map(one -> one.segment().address()).sorted().toList();
            for (int i = 1; i < begins.size(); i++) {
                assertTrue(begins.get(i) - begins.get(i - 1) >= size);
            }
            for (long begin : begins) {
                boolean isInPage = begin / 4096 == (begin + size - 1) / 4096;
                assertTrue(size >= 4096 ? begin % 4096 == 0 : isInPage);
            }
            all.forEach(pool::release);
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void dataGoThroughSlicesAsThroughAnyBuffer(Transport transport) {
        int bytes = 64 << 10;
        try (Controller controller = transport.attach();
                QueuePair queue = controller.queuePair(16);
                DmaPool pool = controller.pool(bytes, 8)) {
            Namespace namespace = controller.namespace(transport.namespace());
            int blocks = bytes / namespace.blockSize();
            List<DmaBuffer> all = drain(pool);
            byte[] data = new byte[bytes];
            for (int i = 0; i < all.size(); i++) {
                DmaBuffer out = all.get(i);
                DmaBuffer in = all.get((i + 3) % all.size());
                new Random(i).nextBytes(data);
                out.segment().copyFrom(MemorySegment.ofArray(data));
                queue.write(namespace, 0, blocks, out, 0, 0);
                drain(queue);
                // By its segment, which a list looks up.
                queue.read(namespace, 0, in.segment(), 0);
                drain(queue);
                assertArrayEquals(data, in.segment().toArray(ValueLayout.JAVA_BYTE));
            }
            all.forEach(pool::release);
        }
    }

    private static void drain(QueuePair queue) {
        while (queue.inFlight() > 0) {
            queue.process((tag, status, result) -> assertEquals(0, status));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatTheControllerMayStillWriteIsNotGivenOut(boolean byList) {
        try (Controller controller = attach("mode:threaded latency:1000s");
                Engine engine = Engine.builder(controller).depth(4).abortTimedOut(false).start();
                DmaPool pool = controller.pool(4096, 3)) {
            Namespace namespace = controller.namespace(1);
            DmaBuffer late = pool.acquire();
            var io = engine.blocking(IoOptions.DEFAULT.timeout(Duration.ofMillis(1)));
            do { // what times out before it is sent uses nothing
                assertThrows(
                        CommandTimeoutException.class,
                        () -> {
                            if (byList) {
                                io.read(namespace, 0, late.segment());
                            } else {
                                io.read(namespace, 0, 1, late, 0);
                            }
                        });
            } while (engine.statistics().submitted() == 0);
            pool.release(late);
            for (int i = 0; i < 10; i++) {
                List<DmaBuffer> others = drain(pool);
                assertEquals(2, others.size());
                assertFalse(identities(others).contains(late));
                others.forEach(pool::release);
            }
            assertThrows(IllegalStateException.class, pool::close);
            engine.close(Duration.ZERO); // after which the controller no longer works on it
            List<DmaBuffer> all = drain(pool);
            assertEquals(3, all.size());
            assertTrue(identities(all).contains(late));
            all.forEach(pool::release);
        }
    }

    @Test
    void whatIsOutCantBeClosedByItself() {
        try (Controller controller = attach("");
                DmaPool pool = controller.pool(4096, 1)) {
            DmaBuffer slice = pool.acquire();
            assertThrows(IllegalStateException.class, slice::close);
            assertTrue(slice.isAlive());
            slice.segment().fill((byte) 1);
            pool.release(slice);
        }
    }

    @Test
    void othersBuffersAreNotReleasedHere() {
        try (Controller controller = attach("");
                DmaBuffer buffer = controller.allocate(4096);
                DmaPool other = controller.pool(4096, 1);
                DmaPool pool = controller.pool(4096, 1)) {
            DmaBuffer foreign = other.acquire();
            assertThrows(IllegalArgumentException.class, () -> pool.release(buffer));
            assertThrows(IllegalArgumentException.class, () -> pool.release(foreign));
            other.release(foreign);
        }
    }

    @Test
    void aClosedPoolGivesNothingOutAndItsSlicesAreDead() {
        try (Controller controller = attach("")) {
            DmaPool pool = controller.pool(512, 2);
            ShimException open = assertThrows(ShimException.class, controller::close);
            assertTrue(String.valueOf(open.getMessage()).contains("1 buffer pool"));
            DmaBuffer slice = pool.acquire();
            pool.release(slice);
            pool.close();
            pool.close();
            assertThrows(IllegalStateException.class, pool::tryAcquire);
            assertThrows(IllegalStateException.class, pool::acquire);
            assertFalse(slice.isAlive());
            assertThrows(IllegalStateException.class, () -> slice.segment().fill((byte) 1));
        }
    }

    @Test
    void aWaitEndsWithARelease() throws Exception {
        try (Controller controller = attach("");
                DmaPool pool = controller.pool(512, 1)) {
            for (int round = 0; round < 200; round++) {
                DmaBuffer slice = pool.acquire();
                CountDownLatch asked = new CountDownLatch(1);
                CompletableFuture<DmaBuffer> waiting =
                        CompletableFuture.supplyAsync(
                                () -> {
                                    asked.countDown();
                                    return pool.acquire();
                                });
                asked.await();
                pool.release(slice);
                pool.release(waiting.get());
            }
            DmaBuffer slice = pool.acquire();
            assertNull(pool.tryAcquire(Duration.ofMillis(2)));
            pool.release(slice);
            DmaBuffer again = pool.tryAcquire(Duration.ZERO);
            assertNotNull(again);
            pool.release(again);
        }
    }

    @Test
    void slicesThatGoRoundAllocateNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (Controller controller = attach("");
                Engine engine = Engine.start(controller, 8);
                DmaPool pool = controller.pool(512, 8)) {
            engine.blocking().flush(controller.namespace(1));
            goRound(pool);
            long before = threads.getCurrentThreadAllocatedBytes();
            goRound(pool);
            long after = threads.getCurrentThreadAllocatedBytes();
            assertTrue(after - before < 1000, after - before + " bytes for 10,000 slices");
        }
    }

    private static void goRound(DmaPool pool) {
        for (int i = 0; i < 10_000; i++) {
            pool.release(pool.acquire());
        }
    }

    @Test
    void threadsNeverHaveTheSameSlice() throws Exception {
        try (Controller controller = attach("");
                DmaPool pool = controller.pool(64, 3)) {
            List<Thread> threads = new ArrayList<>();
            AtomicBoolean isShared = new AtomicBoolean();
            for (int i = 1; i <= 8; i++) {
                byte mark = (byte) i;
                threads.add(Thread.ofVirtual().start(() -> use(pool, mark, isShared)));
            }
            for (Thread thread : threads) {
                assertTrue(thread.join(LONG));
            }
            assertFalse(isShared.get());
            assertEquals(3, drainAndRelease(pool));
        }
    }

    private static void use(DmaPool pool, byte mark, AtomicBoolean isShared) {
        for (int round = 0; round < 5000; round++) {
            DmaBuffer slice = pool.acquire();
            slice.segment().fill(mark);
            Thread.onSpinWait();
            for (byte each : slice.segment().toArray(ValueLayout.JAVA_BYTE)) {
                if (each != mark) {
                    isShared.set(true);
                }
            }
            pool.release(slice);
        }
    }
}
