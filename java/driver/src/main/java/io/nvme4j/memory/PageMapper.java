// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.memory;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/**
 * Turns a range of a {@link DmaBuffer} into the data pointer of a command, without a native call
 * and without allocating.
 *
 * <p>Thread-safe: it holds nothing but what the controller said of itself. The lists that it writes
 * go to pages that the caller keeps for the command until that has completed.
 *
 * <p>Follows the NVM Express Base Specification, "Physical Region Page Entry and List" and "Scatter
 * Gather List".
 */
public final class PageMapper {
    /** PRP1 begins on a multiple of this (PRP Entry Offset: bits 1:0 are 00b). */
    private static final int PRP_ALIGNMENT = 4;

    private static final int PRP_BYTES = 8;
    private static final int SGL_DESCRIPTOR_BYTES = 16;

    /**
     * Bits 63:60 of a descriptor's second half: SGL Descriptor Type; the sub type is 0h, address.
     */
    private static final long TYPE_DATA_BLOCK = 0L << 60;

    private static final long TYPE_SEGMENT = 2L << 60;
    private static final long TYPE_LAST_SEGMENT = 3L << 60;

    private final DataPointerForm preferred;
    private final SglSupport sglSupport;
    private final int pageSize;
    private final int pageShift;

    /**
     * @param preferred the form for ranges that every form can describe
     * @param sglSupport which SGLs the controller takes
     * @param pageSize bytes in a memory page (CC.MPS), a power of two
     */
    public PageMapper(DataPointerForm preferred, SglSupport sglSupport, int pageSize) {
        this.preferred = preferred;
        this.sglSupport = sglSupport;
        this.pageSize = pageSize;
        this.pageShift = Integer.numberOfTrailingZeros(pageSize);
        if (preferred == DataPointerForm.SGL && sglSupport == SglSupport.NONE) {
            throw new IllegalArgumentException("the controller takes no SGLs");
        }
    }

    /**
     * The form that a range will have, by where it begins in its page.
     *
     * @param offset of the range in its buffer, in bytes
     * @throws IllegalArgumentException if the controller takes no data that begins there
     */
    public DataPointerForm formOf(long offset) {
        boolean sgl = sglSupport.takes(offset);
        if (preferred == DataPointerForm.SGL && sgl) {
            return DataPointerForm.SGL;
        }
        if (offset % PRP_ALIGNMENT == 0) {
            return preferred == DataPointerForm.SGL ? DataPointerForm.PRP : preferred;
        }
        if (sgl) {
            return preferred == DataPointerForm.CONTIGUOUS ? preferred : DataPointerForm.SGL;
        }
        throw new IllegalArgumentException(
                "offset " + offset + " is no multiple of 4, as this controller wants");
    }

    /**
     * Pages that the lists of one command can need.
     *
     * @param maximumTransferSize most bytes that a command moves
     */
    public int listPages(long maximumTransferSize) {
        if (preferred == DataPointerForm.CONTIGUOUS) {
            return 0;
        }
        // PRP1 has the first page; a range that begins inside a page touches one page more.
        long prps = (maximumTransferSize + pageSize - 1) >> pageShift;
        long descriptors = sglSupport == SglSupport.NONE ? 0 : prps + 1;
        return Math.max(chain(prps, PRP_BYTES), chain(descriptors, SGL_DESCRIPTOR_BYTES));
    }

    /**
     * Pages that hold so many entries, when the last entry of a page that isn't the last links on.
     */
    private int chain(long entries, int entryBytes) {
        int perPage = pageSize / entryBytes;
        return entries <= perPage
                ? 1
                : (int) (1 + (entries - perPage + perPage - 2) / (perPage - 1));
    }

    /**
     * Writes the data pointer of a range.
     *
     * @param command where PRP1 or the first half of SGL1 goes; the other half follows
     * @param at offset into {@code command}, a multiple of 8
     * @param data the buffer; {@link DmaBuffer#checkRange} has been passed
     * @param offset of the range in {@code data}, in bytes
     * @param length of the range in bytes, at least 1
     * @param lists where lists go
     * @param listPage first of the {@link #listPages} pages in {@code lists} that this command has
     * @return the form taken, which tells PSDT; with {@link DataPointerForm#CONTIGUOUS} the pointer
     *     is all zero and {@link #address} goes to the transport
     */
    public DataPointerForm map(
            MemorySegment command,
            long at,
            DmaBuffer data,
            long offset,
            long length,
            DmaBuffer lists,
            int listPage) {
        DataPointerForm form = formOf(offset);
        switch (form) {
            case PRP -> mapPrp(command, at, data, offset, length, lists, listPage);
            case SGL -> mapSgl(command, at, data, offset, length, lists, listPage);
            case CONTIGUOUS -> put(command, at, 0, 0);
        }
        return form;
    }

    /** The virtual address of an offset in a buffer. */
    public static long address(DmaBuffer data, long offset) {
        return data.address() + offset;
    }

    private void mapPrp(
            MemorySegment command,
            long at,
            DmaBuffer data,
            long offset,
            long length,
            DmaBuffer lists,
            int listPage) {
        int first = (int) (offset >> pageShift);
        int last = (int) ((offset + length - 1) >> pageShift);
        long prp1 = data.pageIova(first) + (offset & (pageSize - 1));
        long prp2 =
                switch (last - first) {
                    case 0 -> 0;
                    case 1 -> data.pageIova(last);
                    default -> prpList(data, first + 1, last, lists, listPage);
                };
        put(command, at, prp1, prp2);
    }

    /** Writes the entries of pages {@code from} to {@code to} and returns the list's address. */
    private long prpList(DmaBuffer data, int from, int to, DmaBuffer lists, int listPage) {
        MemorySegment list = lists.segment();
        int page = listPage;
        long entry = (long) page << pageShift;
        long link = entry + pageSize - PRP_BYTES;
        for (int i = from; i <= to; i++) {
            if (entry == link && i < to) {
                // The last entry of a full page points at the next page of the list.
                page++;
                list.set(JAVA_LONG, entry, lists.pageIova(page));
                entry = (long) page << pageShift;
                link = entry + pageSize - PRP_BYTES;
            }
            list.set(JAVA_LONG, entry, data.pageIova(i));
            entry += PRP_BYTES;
        }
        return lists.pageIova(listPage);
    }

    private void mapSgl(
            MemorySegment command,
            long at,
            DmaBuffer data,
            long offset,
            long length,
            DmaBuffer lists,
            int listPage) {
        long end = offset + length;
        long firstRun = runLength(data, offset, end);
        if (firstRun == length) {
            put(command, at, iova(data, offset), TYPE_DATA_BLOCK | length);
            return;
        }
        sglSegments(command, at, data, offset, end, lists, listPage);
    }

    /** Writes one descriptor for each run of neighbouring pages, and SGL1, which points at them. */
    private void sglSegments(
            MemorySegment command,
            long at,
            DmaBuffer data,
            long offset,
            long end,
            DmaBuffer lists,
            int listPage) {
        MemorySegment list = lists.segment();
        // Where the descriptor of the segment that is being filled goes once its length is known.
        MemorySegment owner = command;
        long ownerAt = at;
        int page = listPage;
        long begin = (long) page << pageShift;
        long entry = begin;
        for (long from = offset; from < end; ) {
            long run = runLength(data, from, end);
            boolean lastEntry = entry == begin + pageSize - SGL_DESCRIPTOR_BYTES;
            if (lastEntry && from + run < end) {
                put(owner, ownerAt, lists.pageIova(page), TYPE_SEGMENT | pageSize);
                owner = list;
                ownerAt = entry;
                page++;
                begin = (long) page << pageShift;
                entry = begin;
            }
            put(list, entry, iova(data, from), TYPE_DATA_BLOCK | run);
            entry += SGL_DESCRIPTOR_BYTES;
            from += run;
        }
        put(owner, ownerAt, lists.pageIova(page), TYPE_LAST_SEGMENT | (entry - begin));
    }

    /** Bytes from {@code from} that lie at neighbouring IOVAs, at most up to {@code end}. */
    private long runLength(DmaBuffer data, long from, long end) {
        int page = (int) (from >> pageShift);
        int last = (int) ((end - 1) >> pageShift);
        while (page < last && data.pageIova(page + 1) == data.pageIova(page) + pageSize) {
            page++;
        }
        return Math.min(end, (long) (page + 1) << pageShift) - from;
    }

    private long iova(DmaBuffer data, long offset) {
        return data.pageIova((int) (offset >> pageShift)) + (offset & (pageSize - 1));
    }

    private static void put(MemorySegment segment, long at, long low, long high) {
        segment.set(JAVA_LONG, at, low);
        segment.set(JAVA_LONG, at + Long.BYTES, high);
    }
}
