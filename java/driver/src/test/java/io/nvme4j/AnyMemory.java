// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.nvme4j.error.NvmeException;
import io.nvme4j.memory.CopyPolicy;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.ScatterGatherList;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Memory of every kind, and transfers from and to random ranges of it. What a read must leave is
 * known byte for byte, of the ranges and of all that lies around them.
 */
final class AnyMemory implements AutoCloseable {
    private static final int SIZE = 256 << 10;

    private final Controller controller;
    private final Random random;
    private final Arena arena = Arena.ofShared();
    private final List<DmaBuffer> buffers = new ArrayList<>();
    private final List<Area> areas = new ArrayList<>();

    /** Memory, and how much of it the transfers under way use: ranges never overlap. */
    private static final class Area {
        final MemorySegment memory;
        final DmaBuffer buffer;
        long used;

        Area(MemorySegment memory, DmaBuffer buffer) {
            this.memory = memory;
            this.buffer = buffer;
        }
    }

    /** A range in a transfer. */
    private record Range(Area area, long offset, long length) {}

    /** A transfer's ranges, and the list made of them. */
    final class Ranges {
        final ScatterGatherList list;
        private final List<Range> ranges = new ArrayList<>();

        Ranges(CopyPolicy policy) {
            list = controller.scatterGatherList(policy);
        }

        /** The bytes of the ranges, one after the other. */
        byte[] bytes() {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (Range range : ranges) {
                all.writeBytes(slice(range).toArray(ValueLayout.JAVA_BYTE));
            }
            return all.toByteArray();
        }

        void fillRandomly() {
            byte[] bytes = new byte[SIZE];
            random.nextBytes(bytes);
            for (Range range : ranges) {
                slice(range).copyFrom(MemorySegment.ofArray(bytes).asSlice(0, range.length));
            }
        }
    }

    private static MemorySegment slice(Range range) {
        return range.area.memory.asSlice(range.offset, range.length);
    }

    @SuppressWarnings("NullAway") // areas without a buffer are added by their segments
    AnyMemory(Controller controller, long seed) {
        this.controller = controller;
        this.random = new Random(seed);
        for (int i = 0; i < 2; i++) {
            DmaBuffer buffer = controller.allocate(SIZE);
            buffers.add(buffer);
            areas.add(new Area(buffer.segment(), buffer));
        }
        try {
            DmaBuffer registered = controller.register(arena.allocate(SIZE, 4096));
            buffers.add(registered);
            areas.add(new Area(registered.segment(), null));
        } catch (NvmeException e) {
            System.out.println("not registered: " + e.getMessage());
        }
    }

    /** Adds memory that the controller doesn't reach. */
    @SuppressWarnings("NullAway")
    void addForeign() {
        areas.add(new Area(arena.allocate(SIZE), null));
        areas.add(new Area(MemorySegment.ofArray(new byte[SIZE]), null));
    }

    /**
     * Random ranges with so many bytes in all.
     *
     * @param alignment of offsets and lengths, but for the last length, in bytes
     */
    Ranges ranges(long bytes, int alignment, CopyPolicy policy) {
        Ranges made = new Ranges(policy);
        for (long left = bytes; left > 0; ) {
            Area area = areas.get(random.nextInt(areas.size()));
            long gap = random.nextInt(3) * (long) alignment;
            long offset = (area.used + gap + alignment - 1) / alignment * alignment;
            long most = Math.min(left, area.memory.byteSize() - offset);
            if (most <= 0) {
                continue;
            }
            long units = Math.max(1, most / alignment);
            long length = Math.min(most, (1 + random.nextLong(units)) * alignment);
            area.used = offset + length;
            add(made, new Range(area, offset, length));
            left -= length;
        }
        return made;
    }

    private void add(Ranges made, Range range) {
        made.ranges.add(range);
        if (range.area.buffer != null && random.nextBoolean()) {
            made.list.add(range.area.buffer, range.offset, range.length);
        } else {
            made.list.add(slice(range));
        }
    }

    /** Forgets which ranges are used. No transfer is under way. */
    void reuse() {
        areas.forEach(area -> area.used = 0);
    }

    /** All of the memory as it is. */
    List<byte[]> contents() {
        return areas.stream().map(area -> area.memory.toArray(ValueLayout.JAVA_BYTE)).toList();
    }

    /** Puts what a read should have left into a copy of the memory's contents. */
    void expect(List<byte[]> contents, Ranges made, byte[] data) {
        int at = 0;
        for (Range range : made.ranges) {
            byte[] content = contents.get(areas.indexOf(range.area));
            System.arraycopy(data, at, content, (int) range.offset, (int) range.length);
            at += (int) range.length;
        }
    }

    void assertContents(List<byte[]> expected) {
        List<byte[]> actual = contents();
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(expected.get(i), actual.get(i));
        }
    }

    @Override
    public void close() {
        buffers.forEach(DmaBuffer::close);
        arena.close();
    }
}
