// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.nvme4j.engine.Engine;
import io.nvme4j.memory.CopyPolicy;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.ScatterGatherList;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A list belongs to one thread at a time. Where two threads change one, or one changes what the
 * other sends, that is refused, and the device gets only ranges that somebody handed over.
 */
@Timeout(120)
class ListOfTwoThreadsTest {
    private static final int READS = 1_000;
    private static final long SMALL = 4096;
    private static final long LARGE = 1 << 21;

    /** Two buffers: what is right for the one is far outside the other. */
    private static final class Changer implements AutoCloseable {
        private final DmaBuffer small;
        private final DmaBuffer large;
        final ScatterGatherList list;
        final AtomicBoolean over = new AtomicBoolean();

        Changer(Controller controller) {
            small = controller.allocate(SMALL);
            large = controller.allocate(LARGE);
            list = controller.scatterGatherList(CopyPolicy.REFUSE);
        }

        /** Changes the list until it is over, whoever else does. */
        long change(boolean isSmall) {
            long changes = 0;
            while (!over.get()) {
                try {
                    list.clear();
                    if (isSmall) {
                        list.add(small, 0, SMALL);
                    } else {
                        list.add(large, LARGE - 2 * SMALL, SMALL).add(large, LARGE - SMALL, SMALL);
                    }
                    changes++;
                } catch (IllegalStateException e) {
                    Thread.onSpinWait(); // in use
                }
            }
            return changes;
        }

        @Override
        public void close() {
            small.close();
            large.close();
        }
    }

    /** What a transfer ended with: 0, or an error. */
    private interface Reader {
        int read(ScatterGatherList list) throws Exception;
    }

    private static void readWhileTwoChange(Changer changer, Reader reader) throws Exception {
        List<Future<Long>> changes = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            changes.add(threads.submit(() -> changer.change(true)));
            changes.add(threads.submit(() -> changer.change(false)));
            try {
                int done = 0;
                while (done < READS) {
                    try {
                        assertEquals(0, reader.read(changer.list));
                        done++;
                    } catch (IllegalStateException | IllegalArgumentException e) {
                        Thread.onSpinWait(); // being changed, or empty
                    }
                }
            } finally {
                changer.over.set(true);
            }
            for (Future<Long> each : changes) {
                each.get();
            }
        }
    }

    @Test
    void aQueuePairGetsAWholeListOrNone() throws Exception {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M");
                Changer changer = new Changer(controller);
                QueuePair queue = controller.queuePair(8)) {
            Namespace namespace = controller.namespace(1);
            AtomicLong status = new AtomicLong();
            readWhileTwoChange(
                    changer,
                    list -> {
                        queue.read(namespace, 0, list, 0);
                        while (queue.inFlight() > 0) {
                            queue.process((tag, code, result) -> status.set(code));
                        }
                        return (int) status.get();
                    });
        }
    }

    @Test
    void anEngineGetsAWholeListOrNone() throws Exception {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M");
                Changer changer = new Changer(controller);
                Engine engine = Engine.builder(controller).start()) {
            Namespace namespace = controller.namespace(1);
            readWhileTwoChange(changer, list -> result(engine.futures().read(namespace, 0, list)));
        }
    }

    private static int result(CompletionStage<Integer> read) throws ExecutionException {
        try {
            read.toCompletableFuture().join();
            return 0;
        } catch (CompletionException e) {
            throw new AssertionError("a whole list can be read to", e);
        }
    }

    @Test
    void aTransferThatWasRefusedLeavesTheListFree() {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M");
                QueuePair queue = controller.queuePair(1);
                Engine engine = Engine.builder(controller).start();
                DmaBuffer buffer = controller.allocate(SMALL)) {
            Namespace namespace = controller.namespace(1);
            ScatterGatherList odd =
                    controller.scatterGatherList(CopyPolicy.REFUSE).add(buffer, 0, 100);
            assertThrows(IllegalArgumentException.class, () -> queue.read(namespace, 0, odd, 0));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> engine.futures().write(namespace, 0, odd));
            odd.clear();
            ScatterGatherList whole =
                    controller.scatterGatherList(CopyPolicy.REFUSE).add(buffer, 0, SMALL);
            queue.flush(namespace, 0);
            assertThrows(IllegalStateException.class, () -> queue.read(namespace, 0, whole, 0));
            whole.clear();
        }
    }

    @Test
    void aThreadThatDoesNotOwnAQueuePairTouchesNothingOfIt() throws Exception {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M");
                QueuePair queue = controller.queuePair(8);
                DmaBuffer own = controller.allocate(SMALL);
                DmaBuffer other = controller.allocate(SMALL);
                ExecutorService threads = Executors.newFixedThreadPool(1)) {
            Namespace namespace = controller.namespace(1);
            AtomicBoolean over = new AtomicBoolean();
            ScatterGatherList theirs =
                    controller.scatterGatherList(CopyPolicy.REFUSE).add(other, 0, SMALL);
            Future<?> wrong =
                    threads.submit(
                            () -> {
                                while (!over.get()) {
                                    assertThrows(
                                            WrongThreadException.class,
                                            () -> queue.read(namespace, 9, theirs, 0));
                                }
                            });
            ScatterGatherList list =
                    controller.scatterGatherList(CopyPolicy.REFUSE).add(own, 0, SMALL);
            other.segment().fill((byte) 7);
            for (int i = 0; i < READS; i++) {
                queue.read(namespace, 0, list, 0);
                while (queue.inFlight() > 0) {
                    queue.process((tag, status, result) -> assertEquals(0, status));
                }
            }
            over.set(true);
            wrong.get();
            theirs.clear();
            for (long at = 0; at < SMALL; at++) {
                assertEquals(7, other.segment().get(ValueLayout.JAVA_BYTE, at));
            }
        }
    }
}
