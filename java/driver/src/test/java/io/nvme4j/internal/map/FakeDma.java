// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.map;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.nvme4j.map.DataPointerForm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A made-up controller's address space: memory that isn't there, and lists that are. */
final class FakeDma {
    static final int PAGE = 4096;

    private static final int GRID = 64;

    private final Random random;
    private final IdentityHashMap<MappedMemory, long[]> iovas = new IdentityHashMap<>();
    private final Map<Long, MemorySegment> listPages = new HashMap<>();
    private long nextAddress = 1L << 32;
    private long nextIova = 1L << 40;

    /** How pages get their IOVAs. */
    enum PageOrder {
        CONTIGUOUS,
        SCRAMBLED,
        RUNS;

        boolean follows(Random random) {
            return this == CONTIGUOUS || this == RUNS && random.nextBoolean();
        }
    }

    FakeDma(long seed) {
        random = new Random(seed);
    }

    /** Distinct pages; neighbours only where the order has it so. */
    private long[] pages(int count, PageOrder order) {
        long[] pages = new long[count];
        for (int i = 0; i < count; i++) {
            boolean follows = i > 0 && order.follows(random);
            nextIova += follows ? PAGE : (2L + random.nextInt(GRID)) * PAGE;
            pages[i] = nextIova;
        }
        return pages;
    }

    ListPages lists(int count) {
        MemorySegment memory = Arena.ofAuto().allocate(Math.max(1, (long) count * PAGE), PAGE);
        memory.fill((byte) 0x5A);
        long[] pages = pages(count, PageOrder.SCRAMBLED);
        for (int i = 0; i < count; i++) {
            listPages.put(pages[i], memory.asSlice((long) i * PAGE, PAGE));
        }
        return new ListPages(memory, pages, PAGE);
    }

    /** Memory that begins at an offset into a page. */
    MappedMemory memory(long inPage, long length, PageOrder order, boolean withTable) {
        long address = nextAddress + inPage;
        int count = (int) ((inPage + length + PAGE - 1) / PAGE);
        nextAddress += (count + 1L + random.nextInt(2)) * PAGE;
        long[] pages = pages(count, order);
        int tablePages = withTable ? MappedMemory.listPages(count, PAGE) : 0;
        MappedMemory memory =
                MappedMemory.of(
                        address, length, pages, PAGE, tablePages == 0 ? null : lists(tablePages));
        iovas.put(memory, pages);
        return memory;
    }

    /** The 8 bytes at an IOVA, which must be in a list. */
    long read(long iova) {
        MemorySegment page = listPages.get(iova & -PAGE);
        assertNotNull(page, "lists are in list memory only");
        return page.get(JAVA_LONG, iova & (PAGE - 1));
    }

    /** Appends the bytes of a range page by page, from the numbers that the test made up. */
    void expect(List<ReferenceWalker.Piece> pieces, MappedMemory memory, long offset, long length) {
        long[] pages = iovas.get(memory);
        assertNotNull(pages);
        long inFirst = memory.address() % PAGE;
        for (long at = inFirst + offset; at < inFirst + offset + length; ) {
            long piece = Math.min(PAGE - at % PAGE, inFirst + offset + length - at);
            pieces.add(new ReferenceWalker.Piece(pages[(int) (at / PAGE)] + at % PAGE, piece));
            at += piece;
        }
    }

    /** What a command says, read back by the reference walker. */
    ReferenceWalker walk(MemorySegment command, DataPointerForm form, long length) {
        ReferenceWalker walker = new ReferenceWalker(this::read, PAGE);
        long low = command.get(JAVA_LONG, 0);
        long high = command.get(JAVA_LONG, 8);
        assertTrue(form == DataPointerForm.PRP || form == DataPointerForm.SGL);
        if (form == DataPointerForm.PRP) {
            walker.walkPrps(low, high, length);
        } else {
            walker.walkSgl(low, high, length);
        }
        return walker;
    }

    /**
     * List pages that a pointer needs: a full one that isn't the last gives its last entry to the
     * link. PRP1 takes a piece, PRP2 the second where that is the last; a descriptor in the command
     * takes the only one.
     */
    static int leastListPages(DataPointerForm form, int pieces) {
        boolean isPrp = form == DataPointerForm.PRP;
        int perPage = PAGE / (isPrp ? 8 : 16);
        int entries = isPrp ? pieces - 1 : pieces;
        if (entries <= 1) {
            return 0;
        }
        int pages = 1;
        for (int left = entries; left > perPage; left -= perPage - 1) {
            pages++;
        }
        return pages;
    }

    /** Pieces with neighbours joined, so that forms can be compared. */
    static List<ReferenceWalker.Piece> joined(List<ReferenceWalker.Piece> pieces) {
        List<ReferenceWalker.Piece> joined = new ArrayList<>();
        for (ReferenceWalker.Piece piece : pieces) {
            ReferenceWalker.Piece last = joined.isEmpty() ? null : joined.getLast();
            if (last != null && follows(last, piece)) {
                joined.set(
                        joined.size() - 1,
                        new ReferenceWalker.Piece(last.iova(), last.length() + piece.length()));
            } else {
                joined.add(piece);
            }
        }
        return joined;
    }

    private static boolean follows(ReferenceWalker.Piece last, ReferenceWalker.Piece next) {
        boolean nowhere = last.iova() == ReferenceWalker.Piece.NOWHERE;
        return nowhere
                ? next.iova() == ReferenceWalker.Piece.NOWHERE
                : last.iova() + last.length() == next.iova();
    }
}
