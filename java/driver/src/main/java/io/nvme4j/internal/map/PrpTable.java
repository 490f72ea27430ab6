// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.map;

import java.util.Arrays;

/**
 * The PRP entries of all pages of a piece of memory, written once, so that a command on any part of
 * it only has to point into the middle of them.
 *
 * <p>A list must not run over the end of its page into what follows. So each page of the table
 * begins half a page of entries after the one before: from any entry on, half a page of entries or
 * more follow in the same page.
 */
final class PrpTable {
    /** IOVA of each entry. */
    private final long[] iovas;

    /** Bytes that a list from any entry on may be for. */
    private final long maximum;

    /**
     * Writes the table.
     *
     * @param entries of the memory, one for each page that it touches
     * @param pages {@link #pages} of them
     */
    PrpTable(long[] entries, ListPages pages, int pageSize) {
        int perPage = pageSize / PrpBuilder.ENTRY_BYTES;
        int stride = perPage / 2;
        this.maximum = (perPage - stride + 1L) * pageSize;
        this.iovas = new long[entries.length];
        for (int page = 0; page < pages(entries.length, pageSize); page++) {
            int first = page * stride;
            int count = Math.min(perPage, entries.length - first);
            pages.put(pages.begin(page), entries, first, count);
            for (int i = 0; i < Math.min(stride, count); i++) {
                iovas[first + i] = pages.iova(page) + (long) i * PrpBuilder.ENTRY_BYTES;
            }
        }
    }

    private PrpTable(long[] iovas, long maximum) {
        this.iovas = iovas;
        this.maximum = maximum;
    }

    /**
     * The same table for the memory that begins in one page and ends in another. Its lists run on
     * behind that end, where no command follows them.
     */
    PrpTable slice(int first, int last) {
        return new PrpTable(Arrays.copyOfRange(iovas, first, last + 1), maximum);
    }

    /** Pages that a table of so many entries takes. */
    static int pages(int entries, int pageSize) {
        int stride = pageSize / PrpBuilder.ENTRY_BYTES / 2;
        return (entries + stride - 1) / stride;
    }

    /** IOVA of a list for so many bytes, or 0 where it may not be all in one page of the table. */
    long list(int first, long bytes) {
        return bytes <= maximum ? iovas[first] : 0;
    }
}
