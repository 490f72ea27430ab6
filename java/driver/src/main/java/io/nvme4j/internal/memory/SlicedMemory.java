// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.memory;

import io.nvme4j.internal.map.MappedMemory;
import io.nvme4j.memory.DmaBuffer;

import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Memory in slices of one size, which are buffers of their own: commands are counted by slice. All
 * of it is freed at once.
 */
public final class SlicedMemory {
    /** What slices smaller than a page are multiples of at least: a cache line. */
    private static final long LEAST_STRIDE = 64;

    private static final int MAXIMUM_COUNT = 1 << 20;

    /** Of a slice, which goes with the others. */
    static final Backing UNCLOSABLE =
            new Backing() {
                @Override
                public void endAccess() {
                    throw new IllegalStateException(
                            "the buffer is a slice of a pool: release it there");
                }

                @Override
                public void free() {}
            };

    private final DmaMemory memory;
    private final Backing backing;
    private final List<DmaBuffer> slices;
    private final long begin;
    private final long stride;

    /* What the last look found. */
    private final BitSet used = new BitSet();
    private final Consumer<MappedMemory> find = this::found;

    SlicedMemory(DmaMemory memory, Backing backing, List<DmaBuffer> slices, long stride) {
        this.memory = memory;
        this.backing = backing;
        this.slices = List.copyOf(slices);
        this.begin = Buffers.mapped(slices.getFirst()).address();
        this.stride = stride;
    }

    /**
     * How far slices are apart: so that large ones begin with a page, and small ones lie in one.
     *
     * @throws IllegalArgumentException if there are no such slices
     */
    static long stride(long size, int count, long pageSize) {
        if (size < 1 || size > Long.MAX_VALUE / 2) {
            throw new IllegalArgumentException("there can't be slices of %d bytes".formatted(size));
        }
        long stride =
                size >= pageSize
                        ? Regions.up(size, pageSize)
                        : Math.max(LEAST_STRIDE, Long.highestOneBit(2 * size - 1));
        if (count < 1 || count > MAXIMUM_COUNT || count > Long.MAX_VALUE / stride) {
            throw new IllegalArgumentException(
                    "there can't be %d slices of %d bytes".formatted(count, size));
        }
        return stride;
    }

    Backing backing() {
        return backing;
    }

    List<DmaBuffer> slices() {
        return slices;
    }

    /** What the others of the controller's memory count. */
    public Closings closings() {
        return memory.closings();
    }

    /** A slice, by its number from 0. */
    public DmaBuffer slice(int number) {
        return slices.get(number);
    }

    /**
     * The number of a slice.
     *
     * @throws IllegalArgumentException if the buffer is none
     */
    public int number(DmaBuffer slice) {
        int number = at(Buffers.mapped(slice).address());
        if (number == slices.size() || slices.get(number) != slice) {
            throw new IllegalArgumentException("the buffer is no slice of this pool");
        }
        return number;
    }

    /** The slice that an address lies in, or as many as there are. */
    private int at(long address) {
        long number = (address - begin) / stride;
        return (int) (address < begin ? slices.size() : Math.min(number, slices.size()));
    }

    /**
     * Looks which slices commands use, or may use though their callers were told of an end. One
     * thread at a time.
     *
     * @return whether it is known
     */
    public boolean look() {
        used.clear();
        return memory.closings().forEachUse(find);
    }

    private void found(MappedMemory one) {
        int number = at(one.address());
        if (number < slices.size() && Buffers.mapped(slices.get(number)) == one) {
            used.set(number);
        }
    }

    /** Whether a slice was used when somebody looked. */
    public boolean isUsed(int number) {
        return used.get(Objects.checkIndex(number, slices.size()));
    }

    /**
     * Frees it.
     *
     * @throws IllegalStateException if commands in flight use a slice; it is then as it was
     */
    public void close() {
        memory.close(this);
    }
}
