// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.map;

import static io.nvme4j.internal.map.AddressSpace.MEMORY;
import static io.nvme4j.internal.map.AddressSpace.at;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.nvme4j.map.DataPointerForm;
import io.nvme4j.map.MappingRules;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** DMA memory for PRP lists, SGL segments and the like: neighbouring pages, each with its IOVA. */
public final class ListPages {
    /** None: for a mapper whose data pointers need no list, or are not written. */
    public static final ListPages NONE = new ListPages(MemorySegment.NULL, new long[0], 1);

    /** A bulk copy of fewer numbers takes longer than to put them one by one. */
    private static final int MOST_ONE_BY_ONE = 64;

    private final MemorySegment memory;
    private final long[] iovas;
    private final int pageShift;

    /* The memory's, which it is asked for by each command. */
    private final long address;
    private final long size;

    /**
     * @param memory whole pages
     * @param iovas of the pages
     * @param pageSize bytes, a power of two
     */
    public ListPages(MemorySegment memory, long[] iovas, int pageSize) {
        this.memory = memory;
        this.iovas = iovas;
        this.pageShift = Integer.numberOfTrailingZeros(pageSize);
        this.address = memory.address();
        this.size = memory.byteSize();
    }

    /** Where a page begins in the memory, in bytes. */
    long begin(int page) {
        return (long) page << pageShift;
    }

    long iova(int page) {
        return iovas[page];
    }

    /** The virtual address of a place in the memory. */
    long address(long at) {
        return address + at;
    }

    long get(long at) {
        return memory.get(JAVA_LONG, at);
    }

    void put(long at, long value) {
        memory.set(JAVA_LONG, at, value);
    }

    /** Puts a part of an array, of one number or more. */
    void put(long at, long[] values, int from, int count) {
        if (count > MOST_ONE_BY_ONE) {
            MemorySegment.copy(values, from, memory, JAVA_LONG, at, count);
            return;
        }
        long begin = addressOf(at, count);
        for (int i = 0; i < count; i++) {
            MEMORY.set(JAVA_LONG_UNALIGNED, at(begin, (long) i * Long.BYTES), values[from + i]);
        }
    }

    /** Puts so many numbers, one or more, each more than the one before by a step. */
    void putRun(long at, long first, int count, long step) {
        long begin = addressOf(at, count);
        for (int i = 0; i < count; i++) {
            MEMORY.set(JAVA_LONG_UNALIGNED, at(begin, (long) i * Long.BYTES), first + i * step);
        }
    }

    /** The virtual address of so many entries, which are checked to lie inside. */
    long addressOf(long at, int count) {
        return address + Objects.checkFromIndexSize(at, (long) count * Long.BYTES, size);
    }

    void put(long at, long low, long high) {
        memory.set(JAVA_LONG, at, low);
        memory.set(JAVA_LONG, at + Long.BYTES, high);
    }

    /**
     * Pages for lists that a command can need.
     *
     * <p>That is enough for a transfer of the greatest size from neighbouring pages; one from many
     * small ranges becomes several commands where it isn't enough.
     */
    public static int perCommand(MappingRules rules) {
        int pageSize = rules.pageSize();
        // A range that begins inside a page touches one page more; PRP1 has one.
        long entries = (rules.maximumTransferSize() + pageSize - 1) / pageSize;
        int pages = 0;
        if (rules.takes(DataPointerForm.PRP)) {
            pages = pagesOf(entries, pageSize / PrpBuilder.ENTRY_BYTES);
        }
        if (rules.takes(DataPointerForm.SGL)) {
            pages = Math.max(pages, pagesOf(entries + 1, pageSize / SglBuilder.DESCRIPTOR_BYTES));
        }
        if (rules.takes(DataPointerForm.FRAGMENTS)) {
            pages = Math.max(pages, 1);
        }
        return pages;
    }

    /** Pages of a list, when the last entry of each that isn't the last links on. */
    private static int pagesOf(long entries, int perPage) {
        return entries <= perPage
                ? 1
                : (int) (1 + (entries - perPage + perPage - 2) / (perPage - 1));
    }
}
