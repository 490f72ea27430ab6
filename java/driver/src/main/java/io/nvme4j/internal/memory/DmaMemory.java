// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.memory;

import io.nvme4j.error.NvmeException;
import io.nvme4j.internal.map.MappedMemory;
import io.nvme4j.internal.shim.NativeController;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.MemoryKind;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The DMA memory of one controller: allocates buffers, registers memory of the caller's, and sees
 * to it that none is freed while a command that uses it is in flight ({@link Closings}).
 * Thread-safe.
 */
public final class DmaMemory {
    /** In place of a NUMA node: memory may be anywhere. */
    public static final int ANY_NODE = -1;

    private static final long MAXIMUM_ALIGNMENT = 1 << 30;

    /** Bytes from which on memory begins with a hugepage. */
    private static final long HUGEPAGE = 2 << 20;

    private final NativeController controller;
    private final boolean translated;
    private final int pageSize;
    private final Regions regions = new Regions();
    private final Closings closings = new Closings();
    private final Holders holders = new Holders();

    /**
     * @param controller whose memory it is
     */
    public DmaMemory(NativeController controller) {
        this.controller = controller;
        this.translated = controller.takesDataPointers();
        this.pageSize = controller.pageSize();
    }

    /**
     * Allocates a zeroed buffer for a caller.
     *
     * @param length bytes, at least 1; rounded up to whole pages inside, not in {@link
     *     DmaBuffer#length()}
     * @param alignment bytes, a power of two up to 1 GiB; at least a page is given
     * @param numaNode node of this machine that the memory should be on, or {@link #ANY_NODE}
     * @throws IllegalArgumentException if there is no such alignment or node
     * @throws io.nvme4j.error.ShimException if there is not enough memory
     */
    public DmaBuffer allocate(long length, long alignment, int numaNode) {
        if (Long.bitCount(alignment) != 1 || alignment < 1 || alignment > MAXIMUM_ALIGNMENT) {
            throw new IllegalArgumentException(
                    "memory is aligned to a power of two up to 1 GiB, not to " + alignment);
        }
        NumaNodes.check(numaNode);
        AllocatedMemory memory =
                AllocatedMemory.allocate(
                        controller, length, Math.max(alignment, pageSize), numaNode);
        return add(memory, holders.holding(Holders.Kind.ALLOCATED, memory));
    }

    /**
     * Allocates a zeroed buffer for the library itself, which goes with what it serves.
     *
     * @param length bytes, at least 1
     * @throws io.nvme4j.error.ShimException if there is not enough memory
     */
    public DmaBuffer allocateInternal(long length) {
        AllocatedMemory memory = AllocatedMemory.allocate(controller, length, pageSize, ANY_NODE);
        return add(memory, memory);
    }

    private DmaBuffer add(AllocatedMemory memory, Backing backing) {
        try {
            return add(memory.segment(), memory.kind(), backing);
        } catch (RuntimeException | Error e) {
            backing.endAccess();
            backing.free();
            throw e;
        }
    }

    /**
     * Makes memory of the caller's reachable for the controller, so that its transfers need no
     * copy. Registering the same range again gives the same buffer. The segment's arena can't be
     * closed before the buffer is.
     *
     * <p>Devices see whole pages: what shares a page with the segment must not be registered too.
     *
     * @param segment native memory, mapped files included, of an arena that is not confined
     * @throws IllegalArgumentException if it is of another kind, is empty, or overlaps other memory
     *     of the controller
     * @throws NvmeException if the transport reaches no memory but that which it allocates
     */
    public synchronized DmaBuffer register(MemorySegment segment) {
        DmaBuffer same = regions.find(segment.address(), segment.byteSize());
        if (segment.isNative() && same != null && isSame(same.segment(), segment)) {
            return same;
        }
        Backing memory =
                holders.holding(
                        Holders.Kind.REGISTERED,
                        RegisteredMemory.register(controller, regions, segment));
        try {
            return add(segment, MemoryKind.REGISTERED, memory);
        } catch (RuntimeException | Error e) {
            memory.free();
            throw e;
        }
    }

    private static boolean isSame(MemorySegment one, MemorySegment other) {
        return one.address() == other.address()
                && one.byteSize() == other.byteSize()
                && one.isReadOnly() == other.isReadOnly();
    }

    private synchronized DmaBuffer add(MemorySegment segment, MemoryKind kind, Backing backing) {
        Mapping mapping = map(segment, backing);
        DmaBuffer buffer = Buffers.buffer(this, mapping.memory(), segment, kind, mapping.backing());
        regions.add(List.of(buffer));
        return buffer;
    }

    /** What a controller knows of memory, and what goes with it. */
    private record Mapping(MappedMemory memory, Backing backing) {}

    private Mapping map(MemorySegment segment, Backing backing) {
        long address = segment.address();
        long length = segment.byteSize();
        if (!translated) {
            // A transport that makes the data pointer itself never asks for an IOVA.
            return new Mapping(MappedMemory.untranslated(address, length), backing);
        }
        long[] iovas = controller.translate(address, length, pageSize);
        int pages = MappedMemory.listPages(iovas.length, pageSize);
        if (pages == 0) {
            return new Mapping(MappedMemory.of(address, length, iovas, pageSize, null), backing);
        }
        ListMemory lists = ListMemory.allocate(controller, pages);
        try {
            return new Mapping(
                    MappedMemory.of(address, length, iovas, pageSize, lists.pages()),
                    new WithLists(backing, lists));
        } catch (RuntimeException | Error e) {
            lists.close();
            throw e;
        }
    }

    /**
     * Allocates zeroed memory in slices, each a buffer that no caller can close.
     *
     * @param size bytes of a slice, 1 or more
     * @param count slices, 1 or more
     * @param isCallers whether the controller refuses to close before this is
     * @throws IllegalArgumentException if they are more bytes than there can be
     * @throws io.nvme4j.error.ShimException if there is not enough memory
     */
    public SlicedMemory allocateSlices(long size, int count, boolean isCallers) {
        long stride = SlicedMemory.stride(size, count, pageSize);
        long length = (count - 1) * stride + size;
        long alignment = Math.max(pageSize, length >= HUGEPAGE ? HUGEPAGE : 0);
        AllocatedMemory memory = AllocatedMemory.allocate(controller, length, alignment, ANY_NODE);
        Backing backing = isCallers ? holders.holding(Holders.Kind.POOL, memory) : memory;
        try {
            return cut(memory, map(memory.segment(), backing), size, stride);
        } catch (RuntimeException | Error e) {
            backing.endAccess();
            backing.free();
            throw e;
        }
    }

    private synchronized SlicedMemory cut(
            AllocatedMemory memory, Mapping mapping, long size, long stride) {
        List<DmaBuffer> slices = new ArrayList<>();
        for (long at = 0; at < mapping.memory().length(); at += stride) {
            slices.add(
                    Buffers.buffer(
                            this,
                            mapping.memory().slice(at, size),
                            memory.segment().asSlice(at, size),
                            memory.kind(),
                            SlicedMemory.UNCLOSABLE));
        }
        regions.add(slices);
        return new SlicedMemory(this, mapping.backing(), slices, stride);
    }

    /** Frees all slices, unless a command uses one. */
    synchronized void close(SlicedMemory memory) {
        List<DmaBuffer> slices = memory.slices();
        closings.close(slices.stream().map(Buffers::mapped).toList(), memory.backing()::endAccess);
        regions.remove(slices);
        memory.backing().free();
    }

    /** Memory, and the PRP lists that point at it. */
    private record WithLists(Backing memory, ListMemory lists) implements Backing {
        @Override
        public void endAccess() {
            memory.endAccess();
        }

        @Override
        public void free() {
            lists.close();
            memory.free();
        }
    }

    /**
     * Allocates pages for the lists of commands.
     *
     * @param pages how many; none are allocated where that is 0
     */
    public ListMemory allocateLists(int pages) {
        return ListMemory.allocate(controller, pages);
    }

    /** The buffer that a range of native memory lies in, or null. Lock-free. */
    public @Nullable DmaBuffer find(long address, long length) {
        return regions.find(address, length);
    }

    /** Bytes in a page of the lists that are made for this memory. */
    public int pageSize() {
        return pageSize;
    }

    /** What callers have open of the controller. */
    public Holders holders() {
        return holders;
    }

    /** Who uses it, and what was closed. */
    public Closings closings() {
        return closings;
    }

    /** Frees the buffer's memory, unless a command uses it. */
    public synchronized void close(DmaBuffer buffer) {
        if (!buffer.isAlive()) {
            return;
        }
        closings.close(Buffers.mapped(buffer), Buffers.backing(buffer)::endAccess);
        regions.remove(List.of(buffer));
        Buffers.backing(buffer).free();
    }
}
