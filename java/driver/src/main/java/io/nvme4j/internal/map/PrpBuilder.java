// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.map;

import static io.nvme4j.internal.map.AddressSpace.MEMORY;
import static io.nvme4j.internal.map.AddressSpace.at;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

/**
 * Physical region pages, as "Physical Region Page Entry and List" of the NVM Express Base
 * Specification has them: PRP1 may begin inside a page, every other entry begins one, and every
 * page but the last is used to its end. The last entry of a full list page that isn't the last
 * points at the next.
 */
final class PrpBuilder {
    static final int ENTRY_BYTES = 8;

    /** PRP1 begins on a multiple of this (PRP Entry Offset: bits 1:0 are 00b). */
    static final int ALIGNMENT = 4;

    /** Entries that {@link #putFew} puts quicker than {@link MappedMemory#putPages}. */
    private static final int FEW = 8;

    private final ListPages lists;
    private final int pageSize;
    private final int pageShift;
    private final long maximumPages;
    private final GatherCursor cursor = new GatherCursor();

    /* Where the list goes on that is being written. */
    private int page;
    private long entry;
    private int slots; // that are left in the page

    /**
     * @param listPages that a command has
     */
    PrpBuilder(ListPages lists, int listPages, int pageSize) {
        this.lists = lists;
        this.pageSize = pageSize;
        this.pageShift = Integer.numberOfTrailingZeros(pageSize);
        long links = Math.max(0, listPages - 1);
        long entries = (long) listPages * (pageSize / ENTRY_BYTES) - links;
        // Without a list, PRP2 still takes a page.
        this.maximumPages = 1 + Math.max(1, entries);
    }

    /** How many bytes from a place on PRPs can describe, at most {@code most}. */
    long fit(GatherCursor from, long most) {
        cursor.set(from);
        if (cursor.isBitBucket() || cursor.iova() % ALIGNMENT != 0) {
            return 0;
        }
        long limit = Math.min(most, maximumPages * pageSize - inPage(cursor.iova()));
        long done = Math.min(cursor.left(), limit);
        while (done < limit && nextContinues()) {
            done += Math.min(cursor.left(), limit - done);
        }
        return done;
    }

    /** Goes to the next range, and tells whether this one ended and that one begins with a page. */
    private boolean nextContinues() {
        long left = cursor.left();
        long last = cursor.memory().iova(cursor.offset() + left - 1);
        cursor.advance(left);
        return inPage(last + 1) == 0 && !cursor.isBitBucket() && inPage(cursor.iova()) == 0;
    }

    private long inPage(long iova) {
        return iova & (pageSize - 1);
    }

    /**
     * Writes PRP1 and PRP2, and a list where they need one.
     *
     * @param length bytes, as {@link #fit} allows
     * @param listPage first of the command's list pages
     */
    void build(long at, GatherCursor from, long length, int listPage) {
        cursor.set(from);
        long prp1 = cursor.iova();
        long left = length - step(Math.min(length, pageSize - inPage(prp1)));
        long prp2 = 0;
        if (left > pageSize) {
            prp2 = lists.iova(listPage);
            list(left, listPage);
        } else if (left > 0) {
            prp2 = cursor.iova();
        }
        AddressSpace.put(at, prp1, prp2);
    }

    private long step(long bytes) {
        cursor.advance(bytes);
        return bytes;
    }

    private void list(long length, int listPage) {
        beginList(listPage);
        for (long left = length; left > 0; ) {
            long range = Math.min(cursor.left(), left);
            append(cursor.memory(), cursor.offset(), pagesOf(range), range < left);
            left -= step(range);
        }
    }

    /**
     * Writes the list of a range's pages after the first.
     *
     * @param offset of the second page
     * @param length bytes from there on
     * @return whether the command's list pages hold it; nothing was written otherwise
     */
    boolean listPages(MappedMemory memory, long offset, long length, int listPage) {
        long pages = pagesOf(length);
        if (pages >= maximumPages) {
            return false;
        }
        if (pages <= FEW) {
            putFew(memory, offset, (int) pages, lists.begin(listPage));
        } else if (pages <= pageSize / ENTRY_BYTES) {
            memory.putPages(offset, (int) pages, pageShift, lists, lists.begin(listPage));
        } else {
            beginList(listPage);
            append(memory, offset, pages, false);
        }
        return true;
    }

    /** A loop that the compiler does not unroll: that takes longer to begin than few entries do. */
    private void putFew(MappedMemory memory, long offset, int pages, long at) {
        long begin = lists.addressOf(at, pages);
        long end = begin + (long) pages * ENTRY_BYTES;
        long from = offset;
        for (long entry = begin; entry != end; entry += ENTRY_BYTES) {
            MEMORY.set(JAVA_LONG_UNALIGNED, at(entry, 0), memory.iova(from));
            from += pageSize;
        }
    }

    private void beginList(int listPage) {
        page = listPage;
        entry = lists.begin(listPage);
        slots = pageSize / ENTRY_BYTES;
    }

    /**
     * Appends entries to the list, and links where a page of it is full.
     *
     * @param offset of the first page, in its memory
     * @param pages how many
     * @param moreFollow whether the list goes on after them
     */
    private void append(MappedMemory memory, long offset, long pages, boolean moreFollow) {
        long at = offset;
        for (long left = pages; left > 0; ) {
            if (slots == 1 && (left > 1 || moreFollow)) {
                link();
            }
            // All that is left, or up to where the link goes.
            boolean isLastPage = !moreFollow && left <= slots;
            int count = (int) Math.min(left, isLastPage ? slots : slots - 1);
            memory.putPages(at, count, pageShift, lists, entry);
            entry += (long) count * ENTRY_BYTES;
            slots -= count;
            at += (long) count << pageShift;
            left -= count;
        }
    }

    private void link() {
        page++;
        lists.put(entry, lists.iova(page));
        entry = lists.begin(page);
        slots = pageSize / ENTRY_BYTES;
    }

    private long pagesOf(long bytes) {
        return (bytes + pageSize - 1) >>> pageShift;
    }
}
