// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import static io.nvme4j.Completions.drain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.nvme4j.Transports.Transport;
import io.nvme4j.map.DataPointerForm;
import io.nvme4j.memory.CopyPolicy;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.ScatterGatherList;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Transfers from and to memory of every kind, over every transport. */
class AnyMemoryTest {
    private static final int LANES = 4;
    private static final int LANE_BYTES = 256 << 10;

    static List<Transport> transports() {
        return Transports.all();
    }

    /** Writes and reads in lanes of their own, some of each in flight at once, against a model. */
    private static void run(
            Controller controller,
            QueuePair queue,
            Namespace namespace,
            AnyMemory memory,
            CopyPolicy policy,
            int alignment,
            int rounds) {
        Random random = new Random(rounds);
        byte[][] model = new byte[LANES][LANE_BYTES];
        int block = namespace.blockSize();
        for (int lane = 0; lane < LANES; lane++) {
            queue.writeZeroes(namespace, (long) lane * LANE_BYTES / block, LANE_BYTES / block, 0);
            assertEquals(0, drain(queue));
        }
        for (int round = 0; round < rounds; round++) {
            memory.reuse();
            List<Runnable> after = new ArrayList<>();
            for (int lane = 0; lane < LANES; lane++) {
                int from = random.nextInt(LANE_BYTES / block / 2);
                int blocks = 1 + random.nextInt(LANE_BYTES / block / 4);
                AnyMemory.Ranges ranges = memory.ranges((long) blocks * block, alignment, policy);
                long lba = (long) lane * LANE_BYTES / block + from;
                byte[] data = model[lane];
                if (random.nextBoolean()) {
                    ranges.fillRandomly();
                    byte[] written = ranges.bytes();
                    System.arraycopy(written, 0, data, from * block, written.length);
                    queue.write(namespace, lba, ranges.list, lane);
                } else {
                    byte[] read = Arrays.copyOfRange(data, from * block, (from + blocks) * block);
                    queue.read(namespace, lba, ranges.list, lane);
                    after.add(() -> assertEquals(0, Arrays.compare(read, ranges.bytes())));
                }
            }
            assertEquals(0, drain(queue));
            after.forEach(Runnable::run);
        }
        assertEquals(queue.depth(), queue.available(), "no slot is lost");
        assertEquals(controller.limits().queueDepth() > 0, true);
    }

    @ParameterizedTest
    @MethodSource("transports")
    void rangesThatTheControllerReachesAreNotCopied(Transport transport) {
        try (Controller controller = transport.attach();
                AnyMemory memory = new AnyMemory(controller, 1);
                QueuePair queue = controller.queuePair(64)) {
            Namespace namespace = controller.namespace(transport.namespace());
            // Whole pages suit PRPs, SGLs and fragments alike.
            run(controller, queue, namespace, memory, CopyPolicy.REFUSE, 4096, 60);
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void rangesOfAnyKindAndAlignmentArriveWhole(Transport transport) {
        for (int alignment : new int[] {1, 4, 512}) {
            try (Controller controller = transport.attach();
                    AnyMemory memory = new AnyMemory(controller, 1);
                    QueuePair queue = controller.queuePair(64)) {
                Namespace namespace = controller.namespace(transport.namespace());
                run(controller, queue, namespace, memory, CopyPolicy.COPY, alignment, 30);
                memory.addForeign();
                run(controller, queue, namespace, memory, CopyPolicy.COPY, alignment, 30);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void everyFormThatIsTakenWorks(Transport transport) {
        for (DataPointerForm form : DataPointerForm.values()) {
            try (Controller controller = transport.attach();
                    AnyMemory memory = new AnyMemory(controller, 1)) {
                if (controller.mappingRules().takes(form)) {
                    try (QueuePair queue =
                            controller.queuePair(QueuePairOptions.depth(64).form(form))) {
                        Namespace namespace = controller.namespace(transport.namespace());
                        run(controller, queue, namespace, memory, CopyPolicy.COPY, 4096, 20);
                        run(controller, queue, namespace, memory, CopyPolicy.COPY, 4, 20);
                    }
                } else {
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> controller.queuePair(QueuePairOptions.depth(8).form(form)));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aReadTouchesNothingButItsRanges(Transport transport) {
        try (Controller controller = transport.attach();
                AnyMemory memory = new AnyMemory(controller, 5);
                QueuePair queue = controller.queuePair(64)) {
            memory.addForeign();
            Namespace namespace = controller.namespace(transport.namespace());
            int block = namespace.blockSize();
            byte[] data = new byte[32 * block];
            new Random(5).nextBytes(data);
            queue.write(namespace, 100, MemorySegment.ofArray(data), 0);
            assertEquals(0, drain(queue));
            for (int i = 0; i < 20; i++) {
                memory.reuse();
                AnyMemory.Ranges ranges =
                        memory.ranges(32L * block, i % 2 == 0 ? 4 : 512, CopyPolicy.COPY);
                List<byte[]> expected = memory.contents();
                memory.expect(expected, ranges, data);
                queue.read(namespace, 100, ranges.list, 0);
                assertEquals(0, drain(queue));
                memory.assertContents(expected);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void skippedBytesGoNowhere(Transport transport) {
        try (Controller controller = transport.attach();
                DmaBuffer buffer = controller.allocate(64 << 10);
                QueuePair queue = controller.queuePair(16)) {
            Namespace namespace = controller.namespace(transport.namespace());
            int block = namespace.blockSize();
            byte[] data = new byte[8 * block];
            new Random(5).nextBytes(data);
            queue.write(namespace, 0, MemorySegment.ofArray(data), 0);
            assertEquals(0, drain(queue));
            ScatterGatherList list =
                    controller
                            .scatterGatherList(CopyPolicy.COPY)
                            .add(buffer, 0, 2L * block)
                            .skip(3L * block)
                            .add(buffer, 8L * block, 3L * block);
            queue.read(namespace, 0, list, 0);
            assertEquals(0, drain(queue));
            byte[] first = buffer.segment().asSlice(0, 2L * block).toArray(ValueLayout.JAVA_BYTE);
            assertEquals(0, Arrays.compare(Arrays.copyOf(data, 2 * block), first));
            assertThrows(IllegalArgumentException.class, () -> queue.write(namespace, 0, list, 0));
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aTransferThatIsMoreThanACommandIsSplit(Transport transport) {
        try (Controller controller = transport.attach();
                QueuePair queue = controller.queuePair(64)) {
            Namespace namespace = controller.namespace(transport.namespace());
            long bytes = 3 * Math.min(controller.limits().transferSize(), 1 << 20) + 4096;
            try (DmaBuffer out = controller.allocate(bytes);
                    DmaBuffer in = controller.allocate(bytes)) {
                byte[] data = new byte[(int) bytes];
                new Random(1).nextBytes(data);
                out.segment().copyFrom(MemorySegment.ofArray(data));
                int blocks = (int) (bytes / namespace.blockSize());
                queue.write(namespace, 7, blocks, out, 0, 1);
                assertEquals(0, drain(queue));
                queue.read(namespace, 7, blocks, in, 0, 2);
                List<Long> tags = new ArrayList<>();
                while (queue.inFlight() > 0) {
                    queue.process((tag, status, result) -> tags.add(tag + status));
                }
                assertEquals(List.of(2L), tags, "one completion for all commands");
                assertEquals(-1, out.segment().mismatch(in.segment()));
            }
        }
    }

    @Test
    void thePoolForCopiesIsBounded() {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:64M mdts:8");
                DmaBuffer buffer = controller.allocate(4096);
                QueuePair queue = controller.queuePair(64)) {
            Namespace namespace = controller.namespace(1);
            MemorySegment heap = MemorySegment.ofArray(new byte[4096]);
            int copies = 16; // of 1 MiB, as much as a command moves
            for (int i = 0; i < copies; i++) {
                queue.write(namespace, 8L * i, heap, 0);
            }
            IllegalStateException full =
                    assertThrows(
                            IllegalStateException.class, () -> queue.write(namespace, 0, heap, 0));
            assertEquals(
                    "the transfer becomes 1 commands that each copy through a buffer of the"
                            + " queue's, and there is room for 0: process the queue pair first",
                    full.getMessage());
            assertEquals(64 - copies, queue.available());
            queue.write(namespace, 0, 8, buffer, 0, 0); // needs no copy
            assertEquals(0, drain(queue));
            queue.write(namespace, 0, heap, 0);
            assertEquals(0, drain(queue));
            MemorySegment large = MemorySegment.ofArray(new byte[(copies + 1) << 20]);
            assertThrows(IllegalArgumentException.class, () -> queue.write(namespace, 0, large, 0));
            assertEquals(64, queue.available());
        }
    }

    @Test
    void byteBuffersGiveWhatRemains() {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M");
                QueuePair queue = controller.queuePair(8)) {
            Namespace namespace = controller.namespace(1);
            ByteBuffer direct = ByteBuffer.allocateDirect(2048).position(512).limit(1536);
            ByteBuffer heap = ByteBuffer.allocate(512);
            direct.putInt(600, 0xCAFE);
            heap.putInt(8, 0xBEEF);
            ScatterGatherList list =
                    controller.scatterGatherList(CopyPolicy.COPY).add(direct).add(heap);
            assertEquals(1536, list.length());
            queue.write(namespace, 0, list, 0);
            assertThrows(IllegalStateException.class, list::clear);
            assertThrows(IllegalStateException.class, () -> list.add(heap));
            assertEquals(0, drain(queue));
            byte[] data = new byte[1536];
            queue.read(namespace, 0, MemorySegment.ofArray(data), 0);
            assertEquals(0, drain(queue));
            assertEquals(0xCAFE, ByteBuffer.wrap(data).getInt(88));
            assertEquals(0xBEEF, ByteBuffer.wrap(data).getInt(1024 + 8));
        }
    }

    @Test
    void buffersOfAListStayOpenWhileItIsInFlight() {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M mode:threaded");
                QueuePair queue = controller.queuePair(8)) {
            Namespace namespace = controller.namespace(1);
            DmaBuffer one = controller.allocate(4096);
            DmaBuffer two = controller.allocate(4096);
            ScatterGatherList list =
                    controller
                            .scatterGatherList(CopyPolicy.REFUSE)
                            .add(one, 0, 4096)
                            .add(two, 0, 4096);
            queue.read(namespace, 0, list, 0);
            assertThrows(IllegalStateException.class, two::close);
            assertEquals(0, drain(queue));
            two.close();
            assertThrows(IllegalStateException.class, () -> queue.read(namespace, 0, list, 0));
            one.close();
        }
    }

    @Test
    void aReadWhoseMemoryWasFreedMeanwhileFails() {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M");
                QueuePair queue = controller.queuePair(8)) {
            Namespace namespace = controller.namespace(1);
            try (Arena arena = Arena.ofConfined()) {
                queue.read(namespace, 0, arena.allocate(4096), 0);
            }
            assertEquals(14 << 16, drain(queue), "EFAULT");
            assertEquals(8, queue.available());
        }
    }
}
