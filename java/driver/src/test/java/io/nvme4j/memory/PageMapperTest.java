// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** The mapper's lists, read back by {@link ReferenceWalker}. */
class PageMapperTest {
    private static final int PAGE = 4096;
    private static final int ENTRIES = PAGE / 8;

    /** One mapping: buffers with made-up IOVAs, and what the walker found. */
    private static final class Case {
        final DmaBuffer data;
        final DmaBuffer lists;
        final MemorySegment listMemory;
        final Map<Long, Integer> listPageOf = new HashMap<>();
        final MemorySegment command = Arena.ofAuto().allocate(16, 8);
        final PageMapper mapper;

        Case(PageMapper mapper, long dataLength, int listPages, PageOrder order, long seed) {
            this.mapper = mapper;
            int dataPages = (int) ((dataLength + PAGE - 1) / PAGE);
            long[] iovas = order.iovas(dataPages + listPages, new Random(seed));
            data = TestBuffers.of(0, dataLength, Arrays.copyOf(iovas, dataPages));
            listMemory = Arena.ofAuto().allocate((long) listPages * PAGE, PAGE);
            lists =
                    TestBuffers.of(
                            listMemory.address(),
                            listMemory.byteSize(),
                            Arrays.copyOfRange(iovas, dataPages, iovas.length));
            for (int page = 0; page < listPages; page++) {
                listPageOf.put(lists.pageIova(page), page);
            }
        }

        static Case of(PageMapper mapper, long offset, long length, PageOrder order, long seed) {
            int listPages = Math.max(1, mapper.listPages(length));
            return new Case(mapper, offset + length, listPages, order, seed);
        }

        long read(long iova) {
            int page = listPageOf.getOrDefault(iova & -PAGE, -1);
            assertTrue(page >= 0, "lists are in list memory only");
            return listMemory.get(JAVA_LONG, (long) page * PAGE + (iova & (PAGE - 1)));
        }

        ReferenceWalker map(long offset, long length) {
            DataPointerForm form = mapper.map(command, 0, data, offset, length, lists, 0);
            ReferenceWalker walker = new ReferenceWalker(this::read, PAGE);
            long low = command.get(JAVA_LONG, 0);
            long high = command.get(JAVA_LONG, 8);
            switch (form) {
                case PRP -> walker.walkPrps(low, high, length);
                case SGL -> walker.walkSgl(low, high, length);
                case CONTIGUOUS -> throw new AssertionError("not asked for");
            }
            return walker;
        }

        /** The bytes of the range page by page, straight from the page table. */
        List<ReferenceWalker.Piece> expected(long offset, long length) {
            List<ReferenceWalker.Piece> pieces = new ArrayList<>();
            for (long at = offset; at < offset + length; ) {
                long inPage = at % PAGE;
                long piece = Math.min(PAGE - inPage, offset + length - at);
                pieces.add(
                        new ReferenceWalker.Piece(
                                data.pageIova((int) (at / PAGE)) + inPage, piece));
                at += piece;
            }
            return pieces;
        }
    }

    /** How pages get their IOVAs. */
    enum PageOrder {
        CONTIGUOUS,
        SCRAMBLED,
        RUNS;

        long[] iovas(int count, Random random) {
            long[] iovas = new long[count];
            for (int i = 0; i < count; i++) {
                boolean follows =
                        i > 0 && (this == CONTIGUOUS || this == RUNS && random.nextBoolean());
                // Numbers from a sparse grid, so that pages are neighbours only on purpose.
                iovas[i] = follows ? iovas[i - 1] + PAGE : (1L + 4096L * (count - i)) * 16 * PAGE;
            }
            return iovas;
        }
    }

    /** Pieces with neighbours joined, so that forms can be compared. */
    private static List<ReferenceWalker.Piece> joined(List<ReferenceWalker.Piece> pieces) {
        List<ReferenceWalker.Piece> joined = new ArrayList<>();
        for (ReferenceWalker.Piece piece : pieces) {
            ReferenceWalker.Piece last = joined.isEmpty() ? null : joined.getLast();
            if (last != null && last.iova() + last.length() == piece.iova()) {
                joined.set(
                        joined.size() - 1,
                        new ReferenceWalker.Piece(last.iova(), last.length() + piece.length()));
            } else {
                joined.add(piece);
            }
        }
        return joined;
    }

    private static PageMapper prps() {
        return new PageMapper(DataPointerForm.PRP, SglSupport.NONE, PAGE);
    }

    private static PageMapper sgls() {
        return new PageMapper(DataPointerForm.SGL, SglSupport.BYTE, PAGE);
    }

    @Property(tries = 20_000)
    void prpListsDescribeExactlyTheBytesAskedFor(
            @ForAll @LongRange(max = 3 * PAGE) long dwordOffset,
            @ForAll @LongRange(min = 1, max = 6L << 20) long length,
            @ForAll PageOrder order,
            @ForAll long seed) {
        long offset = dwordOffset & -4;
        Case map = Case.of(prps(), offset, length, order, seed);
        ReferenceWalker walker = map.map(offset, length);
        assertEquals(map.expected(offset, length), walker.pieces());
        assertTrue(walker.listPages() <= map.mapper.listPages(length));
    }

    @Property(tries = 20_000)
    void sglsDescribeExactlyTheBytesAskedFor(
            @ForAll @LongRange(max = 3 * PAGE) long offset,
            @ForAll @LongRange(min = 1, max = 6L << 20) long length,
            @ForAll PageOrder order,
            @ForAll long seed) {
        Case map = Case.of(sgls(), offset, length, order, seed);
        ReferenceWalker walker = map.map(offset, length);
        assertEquals(joined(map.expected(offset, length)), walker.pieces());
        assertTrue(walker.listPages() <= map.mapper.listPages(length));
    }

    @Property(tries = 500)
    void listsStayInTheirOwnPages(
            @ForAll @IntRange(min = 1, max = 7) int slot,
            @ForAll PageOrder order,
            @ForAll long seed) {
        PageMapper mapper = prps();
        long length = 3L << 20;
        int perSlot = mapper.listPages(length);
        Case map = new Case(mapper, length, (slot + 2) * perSlot, order, seed);
        map.listMemory.fill((byte) 0x5A);
        mapper.map(map.command, 0, map.data, 0, length, map.lists, slot * perSlot);
        long begin = (long) slot * perSlot * PAGE;
        long end = begin + (long) perSlot * PAGE;
        for (long at = 0; at < map.listMemory.byteSize(); at++) {
            boolean own = at >= begin && at < end;
            assertTrue(own || map.listMemory.get(JAVA_BYTE, at) == 0x5A);
        }
    }

    private static ReferenceWalker prp(long offset, long length) {
        Case map = Case.of(prps(), offset, length, PageOrder.SCRAMBLED, 1);
        ReferenceWalker walker = map.map(offset, length);
        assertEquals(map.expected(offset, length), walker.pieces());
        return walker;
    }

    @Test
    void onePageAlignedHasNoPrp2() {
        assertEquals(0, prp(0, PAGE).listPages());
    }

    @Test
    void pageAndEightBytesTakesPrp2AsAPage() {
        assertEquals(2, prp(0, PAGE + 8).pieces().size());
    }

    @Test
    void oneByteOverAPageTakesPrp2() {
        assertEquals(2, prp(0, PAGE + 1).pieces().size());
    }

    @Test
    void twoPagesFromTheMiddleOfAPageTakeAList() {
        ReferenceWalker walker = prp(PAGE / 2, 2 * PAGE);
        assertEquals(3, walker.pieces().size());
        assertEquals(1, walker.listPages());
    }

    @Test
    void aPageThatIsExactlyFullIsNotChained() {
        assertEquals(1, prp(0, (ENTRIES + 1L) * PAGE).listPages());
    }

    @Test
    void oneEntryOverAFullPageIsChained() {
        assertEquals(2, prp(0, (ENTRIES + 2L) * PAGE).listPages());
    }

    @Test
    void twoPagesOfListThatAreExactlyFull() {
        assertEquals(2, prp(0, (2L * ENTRIES) * PAGE).listPages());
        assertEquals(3, prp(0, (2L * ENTRIES + 1) * PAGE).listPages());
    }

    @Test
    void neighbouringPagesAreOneInlineDescriptor() {
        Case map = Case.of(sgls(), 0, 1 << 20, PageOrder.CONTIGUOUS, 1);
        ReferenceWalker walker = map.map(1, (1 << 20) - 1);
        assertEquals(1, walker.pieces().size());
        assertEquals(0, walker.listPages());
    }

    @Test
    void anOffsetThatIsNotDwordAlignedNeedsAnSgl() {
        assertThrows(IllegalArgumentException.class, () -> prps().formOf(2));
        PageMapper dwords = new PageMapper(DataPointerForm.PRP, SglSupport.DWORD, PAGE);
        assertThrows(IllegalArgumentException.class, () -> dwords.formOf(2));
        PageMapper bytes = new PageMapper(DataPointerForm.PRP, SglSupport.BYTE, PAGE);
        assertEquals(DataPointerForm.SGL, bytes.formOf(2));
        assertEquals(DataPointerForm.PRP, bytes.formOf(4));
    }

    @Test
    void aTransportThatBuildsThePointerTakesWhatTheControllerTakes() {
        PageMapper dwords = new PageMapper(DataPointerForm.CONTIGUOUS, SglSupport.NONE, PAGE);
        assertEquals(DataPointerForm.CONTIGUOUS, dwords.formOf(4));
        assertThrows(IllegalArgumentException.class, () -> dwords.formOf(1));
        PageMapper bytes = new PageMapper(DataPointerForm.CONTIGUOUS, SglSupport.BYTE, PAGE);
        assertEquals(DataPointerForm.CONTIGUOUS, bytes.formOf(1));
        assertEquals(0, bytes.listPages(1 << 20));
    }

    @Test
    void sglsThatTheControllerDoesNotTakeCanNotBePreferred() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new PageMapper(DataPointerForm.SGL, SglSupport.NONE, PAGE));
    }
}
