// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.internal.map.FakeDma.PageOrder;
import io.nvme4j.map.BlockLayout;
import io.nvme4j.map.DataPointerForm;
import io.nvme4j.map.MappingRules;
import io.nvme4j.map.SglSupport;

import org.junit.jupiter.api.Test;

import java.util.EnumSet;
import java.util.Set;

/** How much goes into one command's list pages, to the entry. */
class LimitsTest {
    private static final int PAGE = FakeDma.PAGE;
    private static final int PRPS = PAGE / 8;
    private static final int DESCRIPTORS = PAGE / 16;
    private static final long MUCH = 64L << 20;

    private static long fit(MappingRules rules, int listPages, long offset, PageOrder order) {
        FakeDma dma = new FakeDma(1);
        Gather gather = new Gather();
        gather.add(dma.memory(0, offset + MUCH, order, false), offset, MUCH);
        GatherCursor cursor = new GatherCursor();
        cursor.begin(gather);
        return new PageMapper(rules, dma.lists(listPages), listPages).fit(cursor, MUCH);
    }

    @Test
    void prps() {
        MappingRules rules = RulesFor.prp();
        assertEquals(2 * PAGE, fit(rules, 0, 0, PageOrder.SCRAMBLED));
        assertEquals(2 * PAGE - 8, fit(rules, 0, 8, PageOrder.CONTIGUOUS));
        assertEquals((1L + PRPS) * PAGE, fit(rules, 1, 0, PageOrder.SCRAMBLED));
        assertEquals((1L + PRPS) * PAGE - 400, fit(rules, 1, 400, PageOrder.SCRAMBLED));
        assertEquals(2L * PRPS * PAGE, fit(rules, 2, 0, PageOrder.SCRAMBLED));
        assertEquals((3L * PRPS - 1) * PAGE, fit(rules, 3, 0, PageOrder.SCRAMBLED));
    }

    @Test
    void descriptors() {
        MappingRules rules = RulesFor.sgl(SglSupport.DWORD);
        assertEquals(PAGE, fit(rules, 0, 0, PageOrder.SCRAMBLED));
        assertEquals(MUCH, fit(rules, 0, 0, PageOrder.CONTIGUOUS));
        assertEquals((long) DESCRIPTORS * PAGE, fit(rules, 1, 0, PageOrder.SCRAMBLED));
        assertEquals((2L * DESCRIPTORS - 1) * PAGE, fit(rules, 2, 0, PageOrder.SCRAMBLED));
        assertEquals((3L * DESCRIPTORS - 2) * PAGE, fit(rules, 3, 0, PageOrder.SCRAMBLED));
    }

    @Test
    void fragments() {
        Gather gather = new Gather();
        for (int i = 0; i < 1000; i++) {
            gather.add(MappedMemory.untranslated(i * 100L, 4), 0, 4);
        }
        GatherCursor cursor = new GatherCursor();
        cursor.begin(gather);
        MappingRules rules = RulesFor.addresses(SglSupport.DWORD, 600);
        FakeDma dma = new FakeDma(1);
        assertEquals(4 * DESCRIPTORS, new PageMapper(rules, dma.lists(1), 1).fit(cursor, 4000));
        assertEquals(8 * DESCRIPTORS, new PageMapper(rules, dma.lists(2), 2).fit(cursor, 4000));
        assertEquals(4 * 600, new PageMapper(rules, dma.lists(3), 3).fit(cursor, 4000));
    }

    @Test
    void noMoreThanIsAskedFor() {
        FakeDma dma = new FakeDma(1);
        Gather pages = new Gather();
        Gather neighbours = new Gather();
        for (int i = 0; i < 4; i++) {
            pages.add(dma.memory(0, PAGE, PageOrder.SCRAMBLED, false), 0, PAGE);
            neighbours.add(MappedMemory.untranslated(i * 8L, 8), 0, 8);
        }
        GatherCursor cursor = new GatherCursor();
        for (int most = 1; most <= 4 * PAGE; most += 509) {
            cursor.begin(pages);
            assertEquals(most, new PageMapper(RulesFor.prp(), dma.lists(1), 1).fit(cursor, most));
            MappingRules sgls = RulesFor.sgl(SglSupport.BYTE);
            assertEquals(most, new PageMapper(sgls, dma.lists(1), 1).fit(cursor, most));
        }
        MappingRules rules = RulesFor.addresses(SglSupport.DWORD, 1);
        for (int most = 1; most <= 32; most++) {
            cursor.begin(neighbours);
            assertEquals(most, new PageMapper(rules, dma.lists(1), 1).fit(cursor, most));
        }
    }

    private static int listPages(DataPointerForm form, long bytes) {
        Set<DataPointerForm> forms = EnumSet.of(form);
        return ListPages.perCommand(
                new MappingRules(forms, SglSupport.BYTE, false, PAGE, 16, bytes));
    }

    @Test
    void listPagesSufficeForTheGreatestTransfer() {
        long prps = (long) PRPS * PAGE;
        assertEquals(1, listPages(DataPointerForm.PRP, 1));
        assertEquals(1, listPages(DataPointerForm.PRP, prps));
        assertEquals(2, listPages(DataPointerForm.PRP, prps + 1));
        assertEquals(2, listPages(DataPointerForm.PRP, 2 * prps - PAGE));
        assertEquals(3, listPages(DataPointerForm.PRP, 2 * prps - PAGE + 1));
        long descriptors = (long) DESCRIPTORS * PAGE;
        assertEquals(1, listPages(DataPointerForm.SGL, descriptors - PAGE));
        assertEquals(2, listPages(DataPointerForm.SGL, descriptors - PAGE + 1));
        assertEquals(1, listPages(DataPointerForm.FRAGMENTS, MUCH));
        assertEquals(0, listPages(DataPointerForm.CONTIGUOUS, MUCH));
    }

    @Test
    void bytesOfABlock() {
        BlockLayout extended = new BlockLayout(512, 8, true, 0, 0);
        BlockLayout apart = new BlockLayout(512, 8, false, 7, 0);
        assertEquals(520, extended.bytesInBuffer());
        assertEquals(0, extended.bytesInMetadataBuffer());
        assertEquals(512, apart.bytesInBuffer());
        assertEquals(8, apart.bytesInMetadataBuffer());
        assertTrue(apart.hasBoundaries());
        assertTrue(new BlockLayout(512, 0, false, 0, 7).hasBoundaries());
        assertFalse(extended.hasBoundaries());
    }

    @Test
    void whatMemorySaysOfItself() {
        MappedMemory memory = MappedMemory.untranslated(4096, 77);
        assertEquals(77, memory.length());
        assertEquals(4096, memory.address());
        assertTrue(memory.isAlive());
        assertEquals(50, memory.run(3, 50));
    }
}
