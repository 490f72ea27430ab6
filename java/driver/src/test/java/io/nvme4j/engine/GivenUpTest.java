// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.Controller;
import io.nvme4j.Namespace;
import io.nvme4j.error.Errno;
import io.nvme4j.error.ShimException;
import io.nvme4j.memory.DmaBuffer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** Reads whose callers no longer wait for them, and the memory that they were for. */
class GivenUpTest {
    private static final byte ON_DISK = 0x55;
    private static final byte MARK = 0x2A;
    private static final int ROUNDS = 3000;
    private static final Duration LONG = Duration.ofSeconds(30);

    /** Every way in which a caller can complete a future. */
    private static final List<Consumer<CompletableFuture<Integer>>> WAYS =
            List.of(
                    future -> future.cancel(true),
                    future -> future.complete(1),
                    future -> future.completeExceptionally(new TimeoutException()),
                    future -> future.obtrudeValue(1),
                    future -> future.obtrudeException(new TimeoutException()),
                    future -> future.completeAsync(() -> 1, Runnable::run),
                    future -> future.completeAsync(() -> Integer.parseInt("x"), Runnable::run));

    private static Controller attach(String mode, String more) {
        return Controller.attach("trtype:EMBEDDED size:1M mode:" + mode + more);
    }

    private static void fillDisk(Engine engine, Namespace namespace) {
        byte[] data = new byte[64 << 10];
        Arrays.fill(data, ON_DISK);
        engine.blocking().write(namespace, 0, MemorySegment.ofArray(data));
    }

    private static void spin(int rounds) {
        for (int i = 0; i < rounds; i++) {
            Thread.onSpinWait();
        }
    }

    /**
     * Gives a read up at some moment, and marks its memory at once.
     *
     * @return whether the read was done by then
     */
    private static boolean giveUp(CompletableFuture<Integer> future, byte[] heap, Random random) {
        spin(random.nextInt(2000));
        boolean isDone = future.isDone();
        WAYS.get(random.nextInt(WAYS.size())).accept(future);
        assertTrue(future.isDone());
        Arrays.fill(heap, MARK);
        return isDone;
    }

    @ParameterizedTest
    @ValueSource(strings = {"inline", "threaded"})
    void nothingIsCopiedAfterTheCallerWasTold(String mode) {
        try (Controller controller = attach(mode, "");
                Engine engine = Engine.start(controller, 8)) {
            Namespace namespace = controller.namespace(1);
            fillDisk(engine, namespace);
            Random random = new Random(1);
            byte[] heap = new byte[64 << 10];
            int early = 0;
            for (int round = 0; round < ROUNDS; round++) {
                CompletableFuture<Integer> read =
                        engine.futures().read(namespace, 0, MemorySegment.ofArray(heap));
                early += giveUp(read, heap, random) ? 0 : 1;
                engine.blocking().flushAfterAll(namespace);
                for (byte each : heap) {
                    assertEquals(MARK, each, "round " + round);
                }
            }
            assertTrue(early > ROUNDS / 20, early + " reads were given up in time");
        }
    }

    @Test
    void aTimeLimitOfTheFuturesGivesTheReadUpToo() throws Exception {
        try (Controller controller = attach("threaded", " latency:1000s");
                DmaBuffer buffer = controller.allocate(4096);
                Engine engine = Engine.start(controller, 2)) {
            Namespace namespace = controller.namespace(1);
            CompletableFuture<Integer> read =
                    engine.futures()
                            .read(namespace, 0, 1, buffer, 0)
                            .orTimeout(1, TimeUnit.MILLISECONDS);
            assertThrows(Exception.class, () -> read.get(30, TimeUnit.SECONDS));
            while (!buffer.awaitIdle(Duration.ofMillis(10))) { // an Abort may come too early
                engine.cancel(0);
            }
        }
    }

    /** Whether it waits in the ring, was sent, or has completed: the buffer's content stays. */
    @ParameterizedTest
    @ValueSource(strings = {"inline", "threaded"})
    void noCommandThatWasGivenUpUsesAnIdleBuffer(String mode) {
        try (Controller controller = attach(mode, "");
                DmaBuffer buffer = controller.allocate(4096);
                Engine engine = Engine.start(controller, 2)) {
            Namespace namespace = controller.namespace(1);
            fillDisk(engine, namespace);
            Random random = new Random(2);
            byte[] marked = new byte[4096];
            Arrays.fill(marked, MARK);
            for (int round = 0; round < ROUNDS; round++) {
                for (int i = random.nextInt(6); i >= 0; i--) {
                    CompletableFuture<Integer> read =
                            engine.futures().read(namespace, 0, 8, buffer, 0);
                    spin(random.nextInt(300));
                    WAYS.get(random.nextInt(WAYS.size())).accept(read);
                }
                assertTrue(buffer.awaitIdle(LONG));
                buffer.segment().fill(MARK);
                engine.blocking().flushAfterAll(namespace);
                assertEquals(
                        -1, buffer.segment().mismatch(MemorySegment.ofArray(marked)), mode + round);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"inline", "threaded"})
    void aBufferIsIdleOnceItsLateCommandHasEnded(String mode) {
        try (Controller controller = attach(mode, " latency:100ms");
                DmaBuffer buffer = controller.allocate(4096);
                Engine engine = Engine.builder(controller).depth(4).abortTimedOut(false).start()) {
            Namespace namespace = controller.namespace(1);
            fillDisk(engine, namespace);
            BlockingIo hurried = engine.blocking(IoOptions.DEFAULT.timeout(Duration.ofMillis(2)));
            for (int late = 0; late < 3; late += timesOut(hurried, namespace, buffer) ? 1 : 0) {
                assertTrue(buffer.awaitIdle(LONG));
                buffer.segment().fill(MARK);
                engine.blocking().flushAfterAll(namespace);
                assertEquals(MARK, buffer.segment().get(ValueLayout.JAVA_BYTE, 0));
            }
        }
    }

    private static boolean timesOut(BlockingIo io, Namespace namespace, DmaBuffer buffer) {
        try {
            io.read(namespace, 0, 8, buffer, 0);
            return false; // the reactor came too late to see that it was late
        } catch (ShimException e) {
            assertEquals(Errno.ETIMEDOUT, e.errno());
            return true;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"inline", "threaded"})
    void aBufferThatIsUsedIsNotIdleWhenTheLimitHasPassed(String mode) throws Exception {
        try (Controller controller = attach(mode, " latency:1000s");
                DmaBuffer buffer = controller.allocate(4096);
                DmaBuffer other = controller.allocate(4096)) {
            Engine engine = Engine.start(controller, 2);
            Namespace namespace = controller.namespace(1);
            engine.futures().read(namespace, 0, 1, buffer, 0);
            while (engine.statistics().inFlight() == 0) {
                Thread.onSpinWait();
            }
            assertFalse(buffer.awaitIdle(Duration.ZERO));
            assertFalse(buffer.awaitIdle(Duration.ofMillis(5)));
            assertTrue(other.awaitIdle(Duration.ZERO));
            assertThrows(
                    IllegalArgumentException.class, () -> buffer.awaitIdle(Duration.ofNanos(-1)));
            engine.close(Duration.ZERO);
            assertTrue(buffer.awaitIdle(Duration.ofSeconds(Long.MAX_VALUE)));
        }
    }

    @Test
    void aHandlerCantWaitForABufferOfItsOwnReactor() throws Exception {
        try (Controller controller = attach("inline", "");
                DmaBuffer buffer = controller.allocate(4096);
                Engine engine = Engine.start(controller, 2)) {
            CompletableFuture<Boolean> refused = new CompletableFuture<>();
            engine.callbacks((tag, status, result) -> refused.complete(refusesToWait(buffer)))
                    .flush(controller.namespace(1), 0);
            assertTrue(refused.get(30, TimeUnit.SECONDS));
        }
    }

    private static boolean refusesToWait(DmaBuffer buffer) {
        try {
            buffer.awaitIdle(LONG);
            return false;
        } catch (IllegalStateException e) {
            return true;
        }
    }

    /** Whose reads still come in is told of them, as ever. */
    @Test
    void readsThatAreWaitedForAreCopied() throws Exception {
        try (Controller controller = attach("threaded", "");
                Engine engine = Engine.start(controller, 8)) {
            Namespace namespace = controller.namespace(1);
            fillDisk(engine, namespace);
            for (int round = 0; round < 100; round++) {
                byte[] heap = new byte[64 << 10];
                engine.futures()
                        .read(namespace, 0, MemorySegment.ofArray(heap))
                        .get(30, TimeUnit.SECONDS);
                for (byte each : heap) {
                    assertEquals(ON_DISK, each);
                }
            }
        }
    }
}
