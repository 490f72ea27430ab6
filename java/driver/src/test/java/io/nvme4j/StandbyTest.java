// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.Transports.Transport;
import io.nvme4j.error.ShimException;
import io.nvme4j.memory.DmaBuffer;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;

/** Commands beyond a queue pair's depth, over every transport that this machine has. */
class StandbyTest {
    private static final int BLOCKS = 2048;

    static List<Transport> transports() {
        return Transports.all();
    }

    @ParameterizedTest
    @MethodSource("transports")
    void dataIsWhatAModelOfTheDiskSays(Transport transport) {
        for (int[] shape : new int[][] {{1, 1}, {1, 9}, {3, 2}, {16, 48}}) {
            try (Controller controller = transport.attach();
                    QueuePair queue =
                            controller.queuePair(
                                    QueuePairOptions.depth(shape[0]).standby(shape[1]))) {
                Namespace namespace = controller.namespace(transport.namespace());
                for (int block = 0; block < BLOCKS; block += 256) {
                    queue.writeZeroes(namespace, block, 256, 0);
                    assertEquals(0, Completions.drain(queue));
                }
                DiskModel model =
                        new DiskModel(controller, queue, namespace, 0, BLOCKS, 4, shape[1]);
                model.run(1000);
                model.close();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void atDepthOneTheyCompleteInTheirOrder(Transport transport) {
        try (Controller controller = transport.attach();
                DmaBuffer buffer = controller.allocate(1 << 16);
                QueuePair queue = controller.queuePair(QueuePairOptions.depth(1).standby(7))) {
            Namespace namespace = controller.namespace(transport.namespace());
            Random random = new Random(1);
            List<Long> completed = new ArrayList<>();
            for (long tag = 0; tag < 3000; tag++) {
                queue.read(namespace, random.nextInt(1000), 1, buffer, 4096 * (tag % 8), tag);
                while (queue.available() == 0 || random.nextInt(5) == 0 && queue.inFlight() > 0) {
                    queue.process((t, status, result) -> completed.add(t));
                }
            }
            while (queue.inFlight() > 0) {
                queue.process((t, status, result) -> completed.add(t));
            }
            assertEquals(LongStream.range(0, 3000).boxed().toList(), completed);
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void whatTheControllerRefusesMakesWay(Transport transport) {
        try (Controller controller = transport.attach();
                DmaBuffer buffer = controller.allocate(1 << 16);
                QueuePair queue = controller.queuePair(QueuePairOptions.depth(1).standby(7))) {
            Namespace namespace = controller.namespace(transport.namespace());
            for (long tag = 0; tag < 8; tag++) {
                long lba = tag % 2 == 0 ? tag : namespace.blocks();
                queue.read(namespace, lba, 1, buffer, 4096 * tag, tag);
            }
            Set<Long> refused = new TreeSet<>();
            while (queue.inFlight() > 0) {
                queue.process(
                        (tag, status, result) -> assertEquals(status != 0, isOdd(tag, refused)));
            }
            assertEquals(Set.of(1L, 3L, 5L, 7L), refused);
        }
    }

    private static boolean isOdd(long tag, Set<Long> odd) {
        return tag % 2 != 0 && odd.add(tag);
    }

    @ParameterizedTest
    @MethodSource("transports")
    void theyCountAsInFlight(Transport transport) {
        try (Controller controller = transport.attach()) {
            DmaBuffer buffer = controller.allocate(1 << 16);
            QueuePair queue = controller.queuePair(QueuePairOptions.depth(2).standby(3));
            Namespace namespace = controller.namespace(transport.namespace());
            assertEquals(2, queue.depth());
            assertEquals(3, queue.standby());
            for (int i = 0; i < 5; i++) {
                assertEquals(5 - i, queue.available());
                queue.read(namespace, i, 1, buffer, 4096L * i, i);
            }
            assertEquals(5, queue.inFlight());
            IllegalStateException full =
                    assertThrows(
                            IllegalStateException.class,
                            () -> queue.read(namespace, 5, 1, buffer, 0, 5));
            assertTrue(String.valueOf(full.getMessage()).contains("5 commands"), full.getMessage());
            assertThrows(IllegalStateException.class, buffer::close);
            assertEquals(0, Completions.drain(queue));
            for (int i = 0; i < 5; i++) {
                queue.read(namespace, i, 1, buffer, 4096L * i, i);
            }
            queue.process((tag, status, result) -> {});
            queue.close(); // with whatever is in flight and on standby
            buffer.close();
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aResetTellsOfEachOnce(Transport transport) throws Exception {
        try (Controller controller = transport.attach();
                DmaBuffer buffer = controller.allocate(1 << 16);
                QueuePair queue = controller.queuePair(QueuePairOptions.depth(1).standby(15));
                ExecutorService other = Executors.newSingleThreadExecutor()) {
            Namespace namespace = controller.namespace(transport.namespace());
            Set<Long> outstanding = new TreeSet<>();
            CountDownLatch isBusy = new CountDownLatch(1);
            Future<?> reset = other.submit(() -> reset(controller, isBusy));
            long tag = 0;
            do {
                while (queue.available() > 0) {
                    queue.read(namespace, tag % 1000, 1, buffer, 4096 * (tag % 16), tag);
                    outstanding.add(tag++);
                }
                if (tag > 500) {
                    isBusy.countDown();
                }
            } while (process(queue, outstanding));
            while (queue.inFlight() > 0) {
                process(queue, outstanding);
            }
            reset.get();
            assertEquals(Set.of(), outstanding);
            assertEquals(0, queue.inFlight());
        }
    }

    private static @Nullable Void reset(Controller controller, CountDownLatch isBusy)
            throws InterruptedException {
        isBusy.await();
        controller.reset(10_000);
        return null;
    }

    /** Whether all that it was told of has succeeded. */
    private static boolean process(QueuePair queue, Set<Long> outstanding) {
        try {
            boolean[] failed = {false};
            queue.process(
                    (tag, status, result) -> {
                        assertTrue(outstanding.remove(tag), () -> "told twice of " + tag);
                        failed[0] |= status != 0;
                    });
            return !failed[0];
        } catch (ShimException e) {
            return false;
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void onlyTheEmbeddedControllerWithoutAThreadWorksInline(Transport transport) {
        boolean isEmbedded = transport.id().contains("EMBEDDED");
        try (Controller controller = transport.attach()) {
            assertEquals(isEmbedded && !transport.id().contains("threaded"), controller.isInline());
        }
    }

    @Test
    void moreThanTheMostAreRefused() {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M")) {
            for (int standby : new int[] {-1, Integer.MIN_VALUE, 65_537, Integer.MAX_VALUE}) {
                IllegalArgumentException e =
                        assertThrows(
                                IllegalArgumentException.class,
                                () ->
                                        controller.queuePair(
                                                QueuePairOptions.depth(1).standby(standby)));
                assertTrue(String.valueOf(e.getMessage()).contains("on standby"), e.getMessage());
            }
        }
    }
}
