// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import static io.nvme4j.Completions.drain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.Transports.Transport;
import io.nvme4j.error.CommandException;
import io.nvme4j.error.NvmeException;
import io.nvme4j.internal.Api;
import io.nvme4j.map.BlockLayout;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.spec.StatusCode;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What a queue pair promises, over every transport that this machine has. */
class IoTest {
    private static final int BLOCKS = 4096;

    static List<Transport> transports() {
        return Transports.all();
    }

    /** What most tests need: a queue pair to a namespace, and memory for 16 pages. */
    private record Io(Controller controller, Namespace namespace, DmaBuffer buffer, QueuePair queue)
            implements AutoCloseable {
        static Io open(Transport transport, int depth) {
            Controller controller = transport.attach();
            return new Io(
                    controller,
                    controller.namespace(transport.namespace()),
                    controller.allocate(1 << 16),
                    controller.queuePair(depth));
        }

        /** Prepares a read to a page of the memory. */
        void read(long lba, int blocks, int page, long tag) {
            queue.read(namespace, lba, blocks, buffer, 4096L * page, tag);
        }

        @Override
        public void close() {
            queue.close();
            buffer.close();
            controller.close();
        }
    }

    private static void zero(QueuePair queue, Namespace namespace) {
        for (int block = 0; block < BLOCKS; block += 256) {
            queue.writeZeroes(namespace, block, 256, 0);
            assertEquals(0, drain(queue));
        }
    }

    private static void assertStatus(StatusCode expected, QueuePair queue) {
        NvmeException e = CommandException.of(drain(queue));
        assertTrue(e instanceof CommandException, e.getMessage());
        assertTrue(((CommandException) e).status().is(expected), e.getMessage());
    }

    @ParameterizedTest
    @MethodSource("transports")
    void dataIsWhatAModelOfTheDiskSays(Transport transport) {
        for (int depth : new int[] {1, 3, 32}) {
            try (Controller controller = transport.attach();
                    QueuePair queue = controller.queuePair(depth)) {
                Namespace namespace = controller.namespace(transport.namespace());
                zero(queue, namespace);
                DiskModel model = new DiskModel(controller, queue, namespace, 0, BLOCKS, 4, depth);
                model.run(1500);
                model.close();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void queuePairsOfManyThreadsDoNotDisturbEachOther(Transport transport) throws Exception {
        int threads = 4;
        try (Controller controller = transport.attach();
                ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            Namespace namespace = controller.namespace(transport.namespace());
            List<Callable<Void>> workers = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int worker = i;
                workers.add(() -> work(controller, namespace, worker));
            }
            for (Future<Void> future : executor.invokeAll(workers)) {
                future.get();
            }
        }
    }

    private static Void work(Controller controller, Namespace namespace, int worker) {
        long lba = BLOCKS + 1000L * worker;
        int blocks = 1000;
        try (QueuePair queue = controller.queuePair(8)) {
            queue.writeZeroes(namespace, lba, blocks, 0);
            assertEquals(0, drain(queue));
            DiskModel model = new DiskModel(controller, queue, namespace, lba, blocks, 4, worker);
            model.run(700);
            model.close();
        }
        return null;
    }

    @ParameterizedTest
    @MethodSource("transports")
    void everyTagComesBackOnce(Transport transport) {
        try (Io io = Io.open(transport, 16)) {
            QueuePair queue = io.queue();
            Random random = new Random(7);
            Set<Long> outstanding = new HashSet<>();
            for (long tag = Long.MIN_VALUE, i = 0; i < 5000; i++, tag += 3) {
                io.read(random.nextInt(1000), 1, (int) i % 16, tag);
                outstanding.add(tag);
                while (queue.available() == 0 || random.nextInt(4) == 0 && queue.inFlight() > 0) {
                    queue.process((t, status, result) -> assertTrue(outstanding.remove(t)));
                }
            }
            while (queue.inFlight() > 0) {
                queue.process((t, status, result) -> assertTrue(outstanding.remove(t)));
            }
            assertEquals(Set.of(), outstanding);
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void anLbaOutOfRangeHasTheSpecificationsName(Transport transport) {
        try (Io io = Io.open(transport, 4)) {
            long blocks = io.namespace().blocks();
            io.read(blocks, 1, 0, 1);
            assertStatus(StatusCode.LBA_OUT_OF_RANGE, io.queue());
            io.read(blocks - 1, 2, 0, 1);
            assertStatus(StatusCode.LBA_OUT_OF_RANGE, io.queue());
            io.read(-1, 1, 0, 1);
            assertStatus(StatusCode.LBA_OUT_OF_RANGE, io.queue());
            io.read(blocks - 1, 1, 0, 1);
            assertEquals(0, drain(io.queue()));
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aNamespaceThatIsNotThereIsRefusedByTheController(Transport transport) {
        try (Controller controller = transport.attach();
                DmaBuffer buffer = controller.allocate(1 << 16);
                QueuePair queue = controller.queuePair(4)) {
            Namespace absent =
                    new Namespace(
                            Api.memory(controller),
                            999,
                            1000,
                            BlockLayout.of(512),
                            ProtectionFormat.NONE,
                            controller.namespace(transport.namespace()).geometry());
            queue.read(absent, 0, 1, buffer, 0, 1);
            // SPDK's vfio-user target calls this an Internal Error.
            assertStatus(
                    transport.id().contains("VFIOUSER")
                            ? StatusCode.INTERNAL_ERROR
                            : StatusCode.INVALID_NAMESPACE_OR_FORMAT,
                    queue);
            assertThrows(NvmeException.class, () -> controller.namespace(999));
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void compareOfOtherDataFails(Transport transport) {
        try (Io io = Io.open(transport, 4)) {
            QueuePair queue = io.queue();
            Namespace namespace = io.namespace();
            queue.writeZeroes(namespace, 0, 4, 0);
            assertEquals(0, drain(queue));
            queue.compare(namespace, 0, 4, io.buffer(), 0, 0);
            assertEquals(0, drain(queue));
            long last = 4L * namespace.blockSize() - 1;
            io.buffer().segment().set(ValueLayout.JAVA_BYTE, last, (byte) 1);
            queue.compare(namespace, 0, 4, io.buffer(), 0, 0);
            assertStatus(StatusCode.COMPARE_FAILURE, queue);
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aFullQueueRefusesAndGoesOn(Transport transport) {
        try (Io io = Io.open(transport, 2)) {
            io.read(0, 1, 0, 1);
            io.read(0, 1, 1, 2);
            assertEquals(0, io.queue().available());
            assertThrows(IllegalStateException.class, () -> io.read(0, 1, 2, 3));
            Set<String> seen = new HashSet<>();
            while (io.queue().inFlight() > 0) {
                io.queue().process((tag, status, result) -> seen.add(tag + ":" + status));
            }
            assertEquals(Set.of("1:0", "2:0"), seen);
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void depthsOutOfRangeAreRefusedWithTheLimit(Transport transport) {
        try (Controller controller = transport.attach()) {
            int most = controller.limits().queueDepth();
            for (int depth : new int[] {0, -1, most + 1, Integer.MAX_VALUE}) {
                IllegalArgumentException e =
                        assertThrows(
                                IllegalArgumentException.class, () -> controller.queuePair(depth));
                String message = String.valueOf(e.getMessage());
                assertTrue(message.contains(Integer.toString(most)), message);
            }
            controller.queuePair(most).close();
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void rangesOutsideTheBufferAreRefused(Transport transport) {
        try (Controller controller = transport.attach();
                DmaBuffer buffer = controller.allocate(8192);
                QueuePair queue = controller.queuePair(2)) {
            Namespace namespace = controller.namespace(transport.namespace());
            for (long offset : new long[] {-4, 8192, 8192 - 508, Long.MAX_VALUE, Long.MIN_VALUE}) {
                assertThrows(
                        IndexOutOfBoundsException.class,
                        () -> queue.read(namespace, 0, 1, buffer, offset, 0));
            }
            for (int blocks : new int[] {0, -1, 65537, Integer.MIN_VALUE}) {
                assertThrows(
                        IllegalArgumentException.class,
                        () -> queue.read(namespace, 0, blocks, buffer, 0, 0));
            }
            assertEquals(2, queue.available());
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aBufferOutlivesItsCommands(Transport transport) {
        try (Controller controller = transport.attach()) {
            DmaBuffer buffer = controller.allocate(8192);
            QueuePair queue = controller.queuePair(2);
            Namespace namespace = controller.namespace(transport.namespace());
            queue.read(namespace, 0, 1, buffer, 0, 0);
            assertThrows(IllegalStateException.class, buffer::close);
            assertTrue(buffer.isAlive());
            assertEquals(0, drain(queue));
            queue.read(namespace, 0, 1, buffer, 0, 0);
            queue.process((tag, status, result) -> {});
            queue.close();
            buffer.close();
            buffer.close();
            assertThrows(
                    IllegalStateException.class,
                    () -> buffer.segment().get(ValueLayout.JAVA_BYTE, 0));
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void whatIsClosedIsRefused(Transport transport) {
        Controller controller = transport.attach();
        DmaBuffer buffer = controller.allocate(8192);
        QueuePair queue = controller.queuePair(2);
        Namespace namespace = controller.namespace(transport.namespace());
        assertThrows(NvmeException.class, controller::close);
        DmaBuffer second = controller.allocate(8192);
        second.close();
        assertThrows(IllegalStateException.class, () -> queue.read(namespace, 0, 1, second, 0, 0));
        queue.close();
        queue.close();
        assertThrows(IllegalStateException.class, () -> queue.read(namespace, 0, 1, buffer, 0, 0));
        assertThrows(IllegalStateException.class, () -> queue.process((t, s, r) -> {}));
        assertThrows(NvmeException.class, controller::close);
        buffer.close();
        controller.close();
        controller.close();
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aHandlerThatThrowsLosesNothing(Transport transport) {
        try (Io io = Io.open(transport, 8)) {
            QueuePair queue = io.queue();
            for (int tag = 0; tag < 8; tag++) {
                io.read(tag, 1, tag, tag);
            }
            Set<Long> seen = new HashSet<>();
            int thrown = 0;
            while (queue.inFlight() > 0) {
                try {
                    queue.process(
                            (tag, status, result) -> {
                                assertTrue(seen.add(tag));
                                throw new IllegalArgumentException("a mistake");
                            });
                } catch (IllegalArgumentException e) {
                    thrown++;
                }
            }
            assertEquals(8, seen.size());
            assertEquals(8, thrown);
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aHandlerMayPrepareButNotProcess(Transport transport) {
        try (Io io = Io.open(transport, 2)) {
            QueuePair queue = io.queue();
            int[] left = {100};
            CompletionHandler chain =
                    new CompletionHandler() {
                        @Override
                        public void onCompletion(long tag, int status, int result) {
                            assertThrows(IllegalStateException.class, () -> queue.process(this));
                            if (--left[0] > 0) {
                                io.read(left[0], 1, 0, tag);
                            }
                        }
                    };
            io.read(0, 1, 0, 1);
            while (queue.inFlight() > 0) {
                queue.process(chain);
            }
            assertEquals(0, left[0]);
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aQueuePairBelongsToItsThread(Transport transport) throws Exception {
        try (Io io = Io.open(transport, 2);
                ExecutorService other = Executors.newSingleThreadExecutor()) {
            QueuePair queue = io.queue();
            Class<WrongThreadException> wrong = WrongThreadException.class;
            other.submit(
                            () -> {
                                assertThrows(wrong, () -> io.read(0, 1, 0, 0));
                                assertThrows(wrong, () -> queue.process((t, s, r) -> {}));
                                assertThrows(wrong, queue::close);
                            })
                    .get();
        }
    }
}
