// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import org.junit.jupiter.api.Test;

import java.util.stream.LongStream;

class PrpTableTest {
    private static final int PAGE = FakeDma.PAGE;
    private static final int PER_PAGE = PAGE / 8;

    private static long[] entries(int count) {
        return LongStream.range(0, count).map(i -> (i + 1) * PAGE * 3).toArray();
    }

    @Property
    void aListHasTheEntriesOfItsPages(
            @ForAll @IntRange(min = 1, max = 2000) int count,
            @ForAll @IntRange(max = 1999) int first,
            @ForAll @IntRange(min = 1, max = PER_PAGE) int length) {
        int from = first % count;
        int asked = Math.min(length, count - from);
        FakeDma dma = new FakeDma(count);
        long[] entries = entries(count);
        PrpTable table = new PrpTable(entries, dma.lists(PrpTable.pages(count, PAGE)), PAGE);
        long list = table.list(from, (long) asked * PAGE);
        if (asked <= PER_PAGE / 2 + 1) {
            assertNotEquals(0, list, "half a page of entries follow wherever a list begins");
        }
        for (int i = 0; i < asked && list != 0; i++) {
            long at = list + 8L * i;
            assertEquals(list & -PAGE, at & -PAGE, "the list stays in its page");
            assertEquals(entries[from + i], dma.read(at));
        }
    }

    @Test
    void aListThatIsTooLongIsNone() {
        FakeDma dma = new FakeDma(1);
        PrpTable table = new PrpTable(entries(1000), dma.lists(PrpTable.pages(1000, PAGE)), PAGE);
        for (int first : new int[] {0, 255, 256, 700}) {
            assertNotEquals(0, table.list(first, (PER_PAGE / 2 + 1L) * PAGE));
            assertEquals(0, table.list(first, (PER_PAGE / 2 + 1L) * PAGE + 1));
        }
    }

    @Test
    void pagesOfTheTable() {
        assertEquals(1, PrpTable.pages(1, PAGE));
        assertEquals(1, PrpTable.pages(256, PAGE));
        assertEquals(2, PrpTable.pages(257, PAGE));
        assertEquals(0, MappedMemory.listPages(2, PAGE));
        assertEquals(1, MappedMemory.listPages(3, PAGE));
    }
}
