// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import static io.nvme4j.Completions.drain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.map.DataPointerForm;
import io.nvme4j.memory.CopyPolicy;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.ScatterGatherList;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** What can't be done is refused with a reason, before anything is written, and changes nothing. */
class RefusedTransferTest {
    private static final int DEPTH = 8;

    private final Controller controller = Controller.attach("trtype:EMBEDDED size:64M mdts:5");
    private final DmaBuffer buffer = controller.allocate(8 << 20);
    private final QueuePair queue = controller.queuePair(DEPTH);
    private final Namespace namespace = controller.namespace(1);
    private final ScatterGatherList strict = controller.scatterGatherList(CopyPolicy.REFUSE);

    /** Whatever was refused: all slots are there, and commands work. */
    @AfterEach
    void allIsAsItWas() {
        assertEquals(DEPTH, queue.available());
        queue.read(namespace, 0, MemorySegment.ofArray(new byte[512]), 0);
        assertEquals(0, drain(queue));
        queue.close();
        buffer.close();
        controller.close();
    }

    private static <T extends Throwable> void assertRefused(
            Class<T> type, String reason, Executable call) {
        String message = String.valueOf(assertThrows(type, call).getMessage());
        assertTrue(message.contains(reason), message);
    }

    private static void assertRefused(String reason, Executable call) {
        assertRefused(IllegalArgumentException.class, reason, call);
    }

    @Test
    void heapMemoryWithoutACopy() {
        assertRefused(
                "heap memory: use Controller.allocate",
                () -> strict.add(MemorySegment.ofArray(new byte[512])));
        assertRefused("heap memory", () -> strict.add(ByteBuffer.allocate(512)));
    }

    @Test
    void nativeMemoryThatIsNotRegisteredWithoutACopy() {
        String reason = "native memory that isn't registered: register it with Controller.register";
        assertRefused(reason, () -> strict.add(Arena.ofAuto().allocate(512)));
        assertRefused(reason, () -> strict.add(ByteBuffer.allocateDirect(512)));
    }

    @Test
    void rangesThatNoCommandCanJoinWithoutACopy() {
        try (QueuePair prps =
                controller.queuePair(QueuePairOptions.depth(8).form(DataPointerForm.PRP))) {
            strict.add(buffer, 0, 100).add(buffer, 4096, 412);
            assertRefused(
                    "a block's data begin or end where", () -> prps.read(namespace, 0, strict, 0));
        }
    }

    @Test
    void zeroLength() {
        assertRefused("1 byte or more", () -> strict.add(buffer, 0, 0));
        assertRefused("1 byte or more", () -> strict.add(buffer.segment().asSlice(0, 0)));
        assertRefused("1 byte or more", () -> strict.add(ByteBuffer.allocate(0)));
        assertRefused("1 byte or more", () -> strict.skip(0));
        assertRefused("0", () -> queue.read(namespace, 0, strict, 0));
        assertRefused("0", () -> queue.read(namespace, 0, 0, buffer, 0, 0));
    }

    @Test
    void oddLength() {
        strict.add(buffer, 0, 513);
        assertRefused("513", () -> queue.read(namespace, 0, strict, 0));
    }

    @Test
    void anOffsetThatIsNotDwordAligned() {
        try (QueuePair prps =
                controller.queuePair(QueuePairOptions.depth(8).form(DataPointerForm.PRP))) {
            assertRefused("multiples of 4", () -> prps.read(namespace, 0, 8, buffer, 2, 0));
            assertEquals(8, prps.available());
        }
    }

    @Test
    void aRangePastTheEndOfTheBuffer() {
        Class<IndexOutOfBoundsException> type = IndexOutOfBoundsException.class;
        assertThrows(type, () -> strict.add(buffer, 8 << 20, 1));
        assertThrows(type, () -> strict.add(buffer, (8 << 20) - 511, 512));
        assertThrows(type, () -> strict.add(buffer, -1, 512));
        assertThrows(type, () -> strict.add(buffer, 1, Long.MAX_VALUE));
        assertThrows(type, () -> queue.read(namespace, 0, 8, buffer, (8 << 20) - 4095, 0));
        assertThrows(type, () -> queue.read(namespace, 0, 8, buffer, -512, 0));
    }

    @Test
    void aClosedArena() {
        MemorySegment gone;
        try (Arena arena = Arena.ofShared()) {
            gone = arena.allocate(4096);
        }
        Class<IllegalStateException> type = IllegalStateException.class;
        assertRefused(type, "arena is closed", () -> strict.add(gone));
        assertRefused(type, "arena is closed", () -> queue.read(namespace, 0, gone, 0));
        ScatterGatherList list = controller.scatterGatherList(CopyPolicy.COPY);
        try (Arena arena = Arena.ofShared()) {
            list.add(arena.allocate(4096));
        }
        assertRefused(type, "was freed", () -> queue.write(namespace, 0, list, 0));
    }

    @Test
    void aFreedBuffer() {
        DmaBuffer freed = controller.allocate(8192);
        MemorySegment segment = freed.segment();
        ScatterGatherList list = controller.scatterGatherList(CopyPolicy.COPY).add(freed, 0, 4096);
        freed.close();
        Class<IllegalStateException> type = IllegalStateException.class;
        assertRefused(type, "buffer is closed", () -> strict.add(freed, 0, 512));
        assertRefused(type, "arena is closed", () -> strict.add(segment));
        assertRefused(type, "freed", () -> queue.write(namespace, 0, list, 0));
        assertRefused(type, "buffer is closed", () -> queue.read(namespace, 0, 8, freed, 0, 0));
    }

    @Test
    void aReadOnlySegmentAsTheTargetOfARead() {
        MemorySegment constant = MemorySegment.ofArray(new byte[512]).asReadOnly();
        assertRefused("read-only", () -> queue.read(namespace, 0, constant, 0));
        ByteBuffer view = ByteBuffer.allocateDirect(512).asReadOnlyBuffer();
        ScatterGatherList list = controller.scatterGatherList(CopyPolicy.COPY).add(view);
        assertRefused("read-only", () -> queue.read(namespace, 0, list, 0));
        queue.write(namespace, 0, list, 0);
        assertEquals(0, drain(queue));
    }

    @Test
    void aReadToOverlappingRanges() {
        strict.add(buffer, 0, 1024).add(buffer, 512, 512);
        assertRefused("in the list twice", () -> queue.read(namespace, 0, strict, 0));
        queue.write(namespace, 0, strict, 0);
        assertEquals(0, drain(queue));
        MemorySegment heap = MemorySegment.ofArray(new byte[1024]);
        ScatterGatherList list =
                controller
                        .scatterGatherList(CopyPolicy.COPY)
                        .add(heap.asSlice(511, 512))
                        .add(heap.asSlice(0, 512));
        assertRefused("in the list twice", () -> queue.read(namespace, 0, list, 0));
    }

    @Test
    void aWriteThatSkips() {
        strict.skip(512);
        assertRefused("only reads can skip", () -> queue.write(namespace, 0, strict, 0));
    }

    @Test
    void moreCommandsThanTheQueueHas() {
        strict.add(buffer, 0, 2 << 20);
        assertRefused(
                "becomes 16 commands, and the queue takes 8",
                () -> queue.read(namespace, 0, strict, 0));
        assertRefused(
                "becomes 16 commands",
                () -> queue.read(namespace, 0, MemorySegment.ofArray(new byte[2 << 20]), 0));
    }

    @Test
    void moreCommandsThanThereIsRoomForNow() {
        MemorySegment heap = MemorySegment.ofArray(new byte[512]);
        queue.write(namespace, 0, heap, 0);
        queue.write(namespace, 0, (1 << 20) / 512 - 256, buffer, 0, 0);
        assertEquals(0, queue.available());
        assertRefused(
                IllegalStateException.class,
                "process it first",
                () -> queue.write(namespace, 0, heap, 0));
        assertEquals(0, drain(queue));
    }

    @Test
    void anotherControllersMemory() {
        try (Controller other = Controller.attach("trtype:EMBEDDED size:1M");
                DmaBuffer foreign = other.allocate(4096)) {
            assertRefused("another controller", () -> strict.add(foreign, 0, 512));
            assertRefused("another controller", () -> queue.read(namespace, 0, 8, foreign, 0, 0));
            ScatterGatherList list = other.scatterGatherList(CopyPolicy.COPY).add(foreign, 0, 4096);
            assertRefused("another controller", () -> queue.read(namespace, 0, list, 0));
        }
    }
}
