// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.memory.map;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

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

    private final ListPages lists;
    private final int pageSize;
    private final int pageShift;
    private final long maximumPages;
    private final GatherCursor cursor = new GatherCursor();

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
    void build(MemorySegment record, long at, GatherCursor from, long length, int listPage) {
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
        record.set(JAVA_LONG, at, prp1);
        record.set(JAVA_LONG, at + Long.BYTES, prp2);
    }

    private long step(long bytes) {
        cursor.advance(bytes);
        return bytes;
    }

    private void list(long length, int listPage) {
        int page = listPage;
        long entry = lists.begin(page);
        long end = entry + pageSize;
        for (long left = length; left > 0; ) {
            long pages = pagesOf(left);
            long slots = (end - entry) / ENTRY_BYTES;
            if (slots == 1 && pages > 1) {
                page++;
                lists.put(entry, lists.iova(page));
                entry = lists.begin(page);
                end = entry + pageSize;
                continue;
            }
            // All that is left, or up to where the link goes, or to the end of the range.
            long fitting = pages <= slots ? pages : slots - 1;
            int count = (int) Math.min(fitting, pagesOf(Math.min(cursor.left(), left)));
            cursor.memory().putPages(cursor.offset(), count, lists, entry);
            entry += (long) count * ENTRY_BYTES;
            left -= step(Math.min(left, (long) count * pageSize));
        }
    }

    private long pagesOf(long bytes) {
        return (bytes + pageSize - 1) >>> pageShift;
    }
}
