// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.memory.map;

/**
 * The PRP entries of all pages of a piece of memory, written once, so that a command on any part of
 * it only has to point into the middle of them.
 *
 * <p>A list must not run over the end of its page into what follows. So each page of the table
 * begins half a page of entries after the one before: from any entry on, half a page of entries or
 * more follow in the same page.
 */
final class PrpTable {
    private final long[] pageIovas;
    private final int perPage;
    private final int strideShift;

    /**
     * Writes the table.
     *
     * @param entries of the memory, one for each page that it touches
     * @param pages {@link #pages} of them
     */
    PrpTable(long[] entries, ListPages pages, int pageSize) {
        this.perPage = pageSize / PrpBuilder.ENTRY_BYTES;
        this.strideShift = Integer.numberOfTrailingZeros(perPage) - 1;
        this.pageIovas = new long[pages(entries.length, pageSize)];
        for (int page = 0; page < pageIovas.length; page++) {
            pageIovas[page] = pages.iova(page);
            int first = page << strideShift;
            int end = Math.min(first + perPage, entries.length);
            for (int entry = first; entry < end; entry++) {
                pages.put(
                        pages.begin(page) + (long) (entry - first) * PrpBuilder.ENTRY_BYTES,
                        entries[entry]);
            }
        }
    }

    /** Pages that a table of so many entries takes. */
    static int pages(int entries, int pageSize) {
        int stride = pageSize / PrpBuilder.ENTRY_BYTES / 2;
        return (entries + stride - 1) / stride;
    }

    /** IOVA of a list of these entries, or 0 where they are not all in one page of the table. */
    long list(int first, int count) {
        int page = first >> strideShift;
        int slot = first - (page << strideShift);
        return slot + count <= perPage ? pageIovas[page] + (long) slot * PrpBuilder.ENTRY_BYTES : 0;
    }
}
