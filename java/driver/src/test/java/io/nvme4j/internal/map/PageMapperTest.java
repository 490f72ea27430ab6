// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.map;

import static io.nvme4j.map.DataPointerForm.CONTIGUOUS;
import static io.nvme4j.map.DataPointerForm.PRP;
import static io.nvme4j.map.DataPointerForm.SGL;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.internal.map.FakeDma.PageOrder;
import io.nvme4j.map.DataPointerForm;
import io.nvme4j.map.MappingRules;
import io.nvme4j.map.SglSupport;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The data pointers of single ranges, read back by {@link ReferenceWalker}. */
class PageMapperTest {
    private static final int PAGE = FakeDma.PAGE;
    private static final int ENTRIES = PAGE / 8;

    /** Of random transfers: their lists are up to five pages of PRPs, nine of descriptors. */
    private static final long LONGEST = 8L << 20;

    private final MemorySegment command = Arena.ofAuto().allocate(16, 8);

    /** A mapping of one range, with what it became. */
    private record Mapped(DataPointerForm form, ReferenceWalker walker) {}

    private Mapped map(
            FakeDma dma, MappingRules rules, MappedMemory memory, long offset, long length) {
        int listPages = ListPages.perCommand(rules);
        PageMapper mapper = new PageMapper(rules, dma.lists(3 * listPages), listPages);
        DataPointerForm form = mapper.map(command.address(), memory, offset, length, 1);
        ReferenceWalker walker = dma.walk(command, form, length);
        List<ReferenceWalker.Piece> expected = new ArrayList<>();
        dma.expect(expected, memory, offset, length);
        if (form == PRP) {
            assertEquals(expected, walker.pieces());
        }
        assertEquals(FakeDma.joined(expected), FakeDma.joined(walker.pieces()));
        assertEquals(
                FakeDma.leastListPages(form, walker.pieces().size()),
                walker.listPages(),
                "no list page is wasted");
        return new Mapped(form, walker);
    }

    @Property
    void prpsDescribeExactlyTheBytesAskedFor(
            @ForAll @IntRange(max = PAGE - 1) int begin,
            @ForAll @LongRange(max = 3 * PAGE) long offset,
            @ForAll @LongRange(min = 1, max = LONGEST) long length,
            @ForAll PageOrder order,
            @ForAll boolean withTable,
            @ForAll long seed) {
        FakeDma dma = new FakeDma(seed);
        long dwords = (begin + offset & -4) - (begin & -4);
        MappedMemory memory = dma.memory(begin & -4, dwords + length, order, withTable);
        MappingRules rules = RulesFor.prp().withMaximumTransferSize(LONGEST);
        assertEquals(PRP, map(dma, rules, memory, dwords, length).form);
    }

    @Property
    void sglsDescribeExactlyTheBytesAskedFor(
            @ForAll @IntRange(max = PAGE - 1) int begin,
            @ForAll @LongRange(max = 3 * PAGE) long offset,
            @ForAll @LongRange(min = 1, max = LONGEST) long length,
            @ForAll PageOrder order,
            @ForAll long seed) {
        FakeDma dma = new FakeDma(seed);
        MappedMemory memory = dma.memory(begin, offset + length, order, true);
        MappingRules rules = RulesFor.sgl(SglSupport.BYTE).withMaximumTransferSize(LONGEST);
        Mapped mapped = map(dma, rules, memory, offset, length);
        assertEquals(SGL, mapped.form);
        List<ReferenceWalker.Piece> pieces = mapped.walker.pieces();
        assertEquals(FakeDma.joined(pieces), pieces, "neighbours are one descriptor");
    }

    @Property
    void aControllerThatTakesBothGetsTheCheaper(
            @ForAll @IntRange(max = PAGE - 1) int offset,
            @ForAll @LongRange(min = 1, max = 40 * PAGE) long dwords,
            @ForAll PageOrder order,
            @ForAll boolean withTable,
            @ForAll long seed) {
        FakeDma dma = new FakeDma(seed);
        long length = (dwords + 3) & -4;
        MappedMemory memory = dma.memory(0, offset + length, order, withTable);
        Mapped mapped = map(dma, RulesFor.both(SglSupport.BYTE), memory, offset, length);
        boolean isRun = FakeDma.joined(mapped.walker.pieces()).size() == 1;
        boolean fewPages = offset + length <= 2 * PAGE;
        if (offset % 4 != 0) {
            assertEquals(SGL, mapped.form);
        } else if (fewPages || !isRun) {
            assertEquals(PRP, mapped.form);
        } else {
            assertEquals(SGL, mapped.form);
            assertEquals(0, mapped.walker.listPages());
        }
    }

    @Property(tries = 2_000)
    void listsStayInTheirOwnPages(
            @ForAll @IntRange(max = 3) int slot, @ForAll PageOrder order, @ForAll long seed) {
        FakeDma dma = new FakeDma(seed);
        MappingRules rules = RulesFor.prp().withMaximumTransferSize(5L << 20);
        int perSlot = ListPages.perCommand(rules);
        ListPages lists = dma.lists(5 * perSlot);
        PageMapper mapper = new PageMapper(rules, lists, perSlot);
        MappedMemory memory = dma.memory(0, 5L << 20, order, false);
        mapper.map(command.address(), memory, 0, memory.length(), slot);
        long untouched = 0x5A5A_5A5A_5A5A_5A5AL;
        for (int page = 0; page < 5 * perSlot; page++) {
            boolean own = page / perSlot == slot;
            for (long at = 0; at < PAGE && !own; at += 8) {
                assertEquals(untouched, dma.read(lists.iova(page) + at));
            }
        }
    }

    private ReferenceWalker prp(long offset, long length) {
        FakeDma dma = new FakeDma(1);
        MappingRules rules = RulesFor.prp().withMaximumTransferSize(8L << 20);
        MappedMemory memory = dma.memory(0, offset + length, PageOrder.SCRAMBLED, false);
        return map(dma, rules, memory, offset, length).walker;
    }

    @Test
    void onePageAlignedHasNoPrp2() {
        assertEquals(1, prp(0, PAGE).pieces().size());
    }

    @Test
    void pageAndEightBytesTakesPrp2AsAPage() {
        ReferenceWalker walker = prp(0, PAGE + 8);
        assertEquals(2, walker.pieces().size());
        assertEquals(0, walker.listPages());
    }

    @Test
    void oneByteOverAPageTakesPrp2() {
        assertEquals(2, prp(0, PAGE + 1).pieces().size());
    }

    @Test
    void exactlyTwoPagesTakeNoList() {
        assertEquals(0, prp(0, 2 * PAGE).listPages());
        assertEquals(1, prp(0, 2 * PAGE + 1).listPages());
    }

    @Test
    void twoPagesFromTheMiddleOfAPageTakeAList() {
        ReferenceWalker walker = prp(PAGE / 2, 2 * PAGE);
        assertEquals(3, walker.pieces().size());
        assertEquals(1, walker.listPages());
    }

    @Test
    void aListThatIsExactlyFullIsNotChained() {
        assertEquals(1, prp(0, (ENTRIES + 1L) * PAGE).listPages());
    }

    @Test
    void oneEntryOverAFullListIsChained() {
        assertEquals(2, prp(0, (ENTRIES + 2L) * PAGE).listPages());
        assertEquals(2, prp(0, (ENTRIES + 1L) * PAGE + 1).listPages());
    }

    @Test
    void twoPagesOfListThatAreExactlyFull() {
        assertEquals(2, prp(0, (2L * ENTRIES) * PAGE).listPages());
        assertEquals(3, prp(0, (2L * ENTRIES + 1) * PAGE).listPages());
    }

    @Test
    void aReadyTableIsUsedInPlaceOfAList() {
        FakeDma dma = new FakeDma(1);
        MappedMemory memory = dma.memory(0, 1 << 20, PageOrder.SCRAMBLED, true);
        PageMapper mapper = new PageMapper(RulesFor.prp(), dma.lists(0), 0);
        assertEquals(PRP, mapper.map(command.address(), memory, 5 * PAGE, 32 * PAGE, 0));
        assertEquals(1, dma.walk(command, PRP, 32 * PAGE).listPages());
    }

    @Test
    void neighbouringPagesAreOneInlineDescriptor() {
        FakeDma dma = new FakeDma(1);
        MappedMemory memory = dma.memory(0, 1 << 20, PageOrder.CONTIGUOUS, false);
        Mapped mapped = map(dma, RulesFor.sgl(SglSupport.BYTE), memory, 1, (1 << 20) - 1);
        assertEquals(1, mapped.walker.pieces().size());
        assertEquals(0, mapped.walker.listPages());
    }

    @Test
    void segmentsThatAreExactlyFull() {
        FakeDma dma = new FakeDma(1);
        int full = PAGE / 16;
        MappingRules rules =
                RulesFor.sgl(SglSupport.BYTE).withMaximumTransferSize(4L * full * PAGE);
        MappedMemory memory =
                dma.memory(0, rules.maximumTransferSize(), PageOrder.SCRAMBLED, false);
        assertEquals(1, map(dma, rules, memory, 0, (long) full * PAGE).walker.listPages());
        assertEquals(2, map(dma, rules, memory, 0, (full + 1L) * PAGE).walker.listPages());
        assertEquals(2, map(dma, rules, memory, 0, (2L * full - 1) * PAGE).walker.listPages());
        assertEquals(3, map(dma, rules, memory, 0, (2L * full) * PAGE).walker.listPages());
    }

    @Test
    void anOffsetThatIsNotDwordAlignedNeedsAByteSgl() {
        FakeDma dma = new FakeDma(1);
        MappedMemory memory = dma.memory(0, 4 * PAGE, PageOrder.SCRAMBLED, true);
        assertThrows(
                IllegalArgumentException.class, () -> map(dma, RulesFor.prp(), memory, 2, PAGE));
        MappingRules dwords = RulesFor.both(SglSupport.DWORD);
        assertThrows(IllegalArgumentException.class, () -> map(dma, dwords, memory, 2, PAGE));
        assertThrows(
                IllegalArgumentException.class,
                () -> map(dma, RulesFor.sgl(SglSupport.DWORD), memory, 4, PAGE + 2));
        MappingRules bytes = RulesFor.both(SglSupport.BYTE);
        assertEquals(SGL, map(dma, bytes, memory, 2, PAGE).form);
        assertEquals(PRP, map(dma, bytes, memory, 4, PAGE).form);
        assertThrows(IllegalArgumentException.class, () -> RulesFor.prp().checkAddress(2));
        assertThrows(IllegalArgumentException.class, () -> dwords.checkAddress(2));
        RulesFor.prp().checkAddress(4);
        bytes.checkAddress(1);
    }

    @Test
    void anOddLengthFits() {
        assertEquals(3, prp(4, 2 * PAGE + 333).pieces().size());
    }

    @Test
    void aTransferThatIsMoreThanTheListsHoldIsRefused() {
        FakeDma dma = new FakeDma(1);
        MappedMemory memory = dma.memory(0, (8L << 20) + 4, PageOrder.SCRAMBLED, false);
        IllegalArgumentException refused =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> map(dma, RulesFor.prp(), memory, 4, 8L << 20));
        String message = String.valueOf(refused.getMessage());
        assertTrue(message.contains("8388608 bytes from offset 4, address 0x100000004"), message);
        assertTrue(message.endsWith("multiples of 4, and less of it in one command"), message);
        IllegalArgumentException tooMuch =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> map(dma, RulesFor.sgl(SglSupport.BYTE), memory, 0, 8L << 20));
        MappingRules onlyPrps = RulesFor.both(SglSupport.BYTE).only(PRP);
        assertThrows(IllegalArgumentException.class, () -> onlyPrps.checkAddress(2));
        message = String.valueOf(tooMuch.getMessage());
        assertTrue(message.endsWith("it wants less of it in one command"), message);
    }

    @Test
    void aTransportThatBuildsThePointerGetsTheAddress() {
        FakeDma dma = new FakeDma(1);
        MappedMemory memory = MappedMemory.untranslated(0x10_0000, 1 << 20);
        PageMapper dwords =
                new PageMapper(RulesFor.addresses(SglSupport.NONE, 16), dma.lists(1), 1);
        assertEquals(CONTIGUOUS, dwords.map(command.address(), memory, 4, 1000, 0));
        assertEquals(0x10_0004, dwords.address());
        assertEquals(0, command.get(java.lang.foreign.ValueLayout.JAVA_LONG, 0));
        for (int by = 1; by < 4; by++) {
            int askew = by;
            assertThrows(
                    IllegalArgumentException.class,
                    () -> dwords.map(command.address(), memory, askew, 1000, 0));
        }
        MappedMemory odd = MappedMemory.untranslated(0x10_0001, 1 << 20);
        assertThrows(
                IllegalArgumentException.class,
                () -> dwords.map(command.address(), odd, 1, 1000, 0));
        assertEquals(CONTIGUOUS, dwords.map(command.address(), odd, 3, 1000, 0));
        PageMapper bytes = new PageMapper(RulesFor.addresses(SglSupport.BYTE, 16), dma.lists(1), 1);
        assertEquals(CONTIGUOUS, bytes.map(command.address(), memory, 1, 1000, 0));
        assertEquals(0x10_0001, bytes.address());
    }

    @Test
    void aTransportThatTakesListsMakesDescriptorsItself() {
        Set<DataPointerForm> forms = Set.of(PRP, CONTIGUOUS);
        FakeDma dma = new FakeDma(1);
        MappedMemory memory = dma.memory(0, 4 * PAGE, PageOrder.SCRAMBLED, true);
        PageMapper prps = new PageMapper(RulesFor.forms(SglSupport.NONE, forms), dma.lists(1), 1);
        assertEquals(PRP, prps.map(command.address(), memory, 0, 3 * PAGE, 0));
        PageMapper sgls = new PageMapper(RulesFor.forms(SglSupport.DWORD, forms), dma.lists(1), 1);
        assertEquals(CONTIGUOUS, sgls.map(command.address(), memory, 0, 8, 0));
        assertEquals(CONTIGUOUS, sgls.map(command.address(), memory, 8, 3 * PAGE, 0));
        assertEquals(memory.address() + 8, sgls.address());
    }

    @Test
    void descriptorsInTheCommandKeepToTheAlignment() {
        FakeDma dma = new FakeDma(1);
        MappedMemory memory = dma.memory(0, 8 * PAGE, PageOrder.CONTIGUOUS, false);
        MappingRules dwords = RulesFor.sgl(SglSupport.DWORD);
        assertEquals(0, map(dma, dwords, memory, 4, 3 * PAGE).walker.listPages());
        for (int askew = 1; askew < 4; askew++) {
            int by = askew;
            assertThrows(
                    IllegalArgumentException.class, () -> map(dma, dwords, memory, by, 3 * PAGE));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> map(dma, dwords, memory, 0, 3 * PAGE + by));
            MappingRules bytes = RulesFor.sgl(SglSupport.BYTE);
            assertEquals(SGL, map(dma, bytes, memory, by, 3 * PAGE + by).form);
        }
    }

    @Test
    void aMapperForgetsTheTransferBefore() {
        FakeDma dma = new FakeDma(1);
        MappedMemory before = dma.memory(0, 4 * PAGE, PageOrder.SCRAMBLED, false);
        MappedMemory memory = dma.memory(0, 4 * PAGE, PageOrder.SCRAMBLED, false);
        PageMapper mapper = new PageMapper(RulesFor.sgl(SglSupport.BYTE), dma.lists(1), 1);
        mapper.map(command.address(), before, 0, 4 * PAGE, 0);
        mapper.map(command.address(), memory, 0, 3 * PAGE, 0);
        List<ReferenceWalker.Piece> expected = new ArrayList<>();
        dma.expect(expected, memory, 0, 3 * PAGE);
        assertEquals(expected, dma.walk(command, SGL, 3 * PAGE).pieces());
    }

    @Test
    void formsThatTheControllerDoesNotTakeCanNotBeForced() {
        assertThrows(IllegalArgumentException.class, () -> RulesFor.prp().only(SGL));
        assertEquals(SGL, RulesFor.both(SglSupport.DWORD).only(SGL).forms().iterator().next());
        assertEquals(Set.of(PRP), RulesFor.both(SglSupport.NONE).forms(), "no support, no form");
    }

    @Test
    void whatIdentifySaysOfSgls() {
        assertEquals(SglSupport.NONE, SglSupport.of(0));
        assertEquals(SglSupport.BYTE, SglSupport.of(0x10001));
        assertEquals(SglSupport.DWORD, SglSupport.of(2));
        assertTrue(SglSupport.takesBitBuckets(0x10001));
        assertTrue(!SglSupport.takesBitBuckets(0x10000));
        assertTrue(!SglSupport.takesBitBuckets(1));
    }
}
