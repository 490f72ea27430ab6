// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.map;

import java.util.Arrays;

/**
 * The I/O virtual address (IOVA) of each byte of a piece of memory. Immutable.
 *
 * <p>Memory at one run of IOVAs needs one number; else there is one for each page, the largest
 * pages (1 GiB, 2 MiB, or those of the lists) that are each at one run.
 */
final class PageTable {
    private static final int[] LARGE_SHIFTS = {30, 21};
    private static final long[] NONE = {};

    /** By page; empty where all the memory is at one run. */
    private final long[] iovas;

    private final int shift;

    /** IOVA of the first byte where that is enough, else the first byte's offset in its page. */
    private final long origin;

    private PageTable(long[] iovas, int shift, long origin) {
        this.iovas = iovas;
        this.shift = shift;
        this.origin = origin;
    }

    /** Memory whose IOVAs are its addresses. */
    static PageTable identity(long address) {
        return new PageTable(NONE, 0, address);
    }

    /**
     * Memory that begins at an address, in pages.
     *
     * @param pageIovas IOVA of each page that the memory touches, from the page's beginning
     */
    static PageTable of(long address, long[] pageIovas, int pageShift) {
        if (isRun(pageIovas, 0, pageIovas.length, pageShift)) {
            return new PageTable(NONE, 0, pageIovas[0] + offset(address, pageShift));
        }
        for (int large : LARGE_SHIFTS) {
            long[] iovas = joined(address, pageIovas, pageShift, large);
            if (iovas.length > 0) {
                return new PageTable(iovas, large, offset(address, large));
            }
        }
        return new PageTable(pageIovas.clone(), pageShift, offset(address, pageShift));
    }

    /** The same table for the memory that begins at an offset. */
    PageTable from(long offset) {
        return new PageTable(iovas, shift, origin + offset);
    }

    private static long offset(long address, int shift) {
        return address & ((1L << shift) - 1);
    }

    private static boolean isRun(long[] iovas, int from, int to, int shift) {
        for (int i = from + 1; i < to; i++) {
            if (iovas[i] != iovas[i - 1] + (1L << shift)) {
                return false;
            }
        }
        return true;
    }

    /** The IOVAs of larger pages, or none where one of these isn't at one run. */
    private static long[] joined(long address, long[] iovas, int pageShift, int largeShift) {
        if (largeShift <= pageShift) {
            return NONE;
        }
        int perLarge = 1 << (largeShift - pageShift);
        // Small pages of the first large page that come before the memory.
        int before = (int) (offset(address, largeShift) >>> pageShift);
        long[] joined = new long[(before + iovas.length + perLarge - 1) / perLarge];
        for (int i = 0; i < joined.length; i++) {
            int from = Math.max(0, i * perLarge - before);
            int to = Math.min(iovas.length, (i + 1) * perLarge - before);
            if (!isRun(iovas, from, to, pageShift)) {
                return NONE;
            }
            long smallPage = (long) from + before - (long) i * perLarge;
            joined[i] = iovas[from] - (smallPage << pageShift);
        }
        return joined;
    }

    /** The IOVA of a byte. */
    long iova(long offset) {
        long at = origin + offset;
        return iovas.length == 0 ? at : iovas[(int) (at >>> shift)] + offset(at, shift);
    }

    /** How many bytes from an offset on are at one run of IOVAs, at most {@code most}. */
    long run(long offset, long most) {
        if (iovas.length == 0) {
            return most;
        }
        long at = origin + offset;
        int page = (int) (at >>> shift);
        long run = (1L << shift) - offset(at, shift);
        while (run < most && iovas[page + 1] == iovas[page] + (1L << shift)) {
            run += 1L << shift;
            page++;
        }
        return Math.min(run, most);
    }

    /**
     * Writes the IOVAs of neighbouring pages of a list's size.
     *
     * @param offset of a byte that begins such a page
     * @param count pages, one or more
     * @param pageShift their size
     * @param at where in the list the first goes
     */
    void putPages(long offset, int count, int pageShift, ListPages list, long at) {
        if (shift == pageShift) {
            // The table has them as they are wanted.
            list.put(at, iovas, (int) ((origin + offset) >>> shift), count);
            return;
        }
        int done = 0;
        while (done < count) {
            long from = offset + ((long) done << pageShift);
            int pages = Math.min(count - done, Math.max(1, pagesInRun(from, pageShift)));
            list.putRun(at + (long) done * Long.BYTES, iova(from), pages, 1L << pageShift);
            done += pages;
        }
    }

    /** How many pages of a list's size follow in the table's page. */
    private int pagesInRun(long offset, int pageShift) {
        return iovas.length == 0
                ? Integer.MAX_VALUE
                : (int) (((1L << shift) - offset(origin + offset, shift)) >>> pageShift);
    }

    @Override
    public String toString() {
        return iovas.length == 0
                ? "one run from 0x" + Long.toHexString(origin)
                : Arrays.toString(iovas) + " by " + (1L << shift) + " bytes";
    }
}
