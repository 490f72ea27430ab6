// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;

/** The table against the plain list of pages that it was made of. */
class PageTableTest {
    private static final int SHIFT = 12;
    private static final long PAGE = 1 << SHIFT;
    private static final int PER_LARGE = 512;

    private static void check(long address, long[] pages, long offset) {
        PageTable table = PageTable.of(address, pages, SHIFT);
        long at = address % PAGE + offset;
        assertEquals(pages[(int) (at / PAGE)] + at % PAGE, table.iova(offset));
        long length = pages.length * PAGE - at;
        for (long most : new long[] {1, PAGE, 3 * PAGE - 7, length}) {
            long asked = Math.min(most, length);
            assertEquals(run(pages, at, asked), table.run(offset, asked));
        }
        int next = (int) ((at + PAGE - 1) / PAGE);
        if (next < pages.length) {
            checkList(table, next * PAGE - address % PAGE, pages, next, pages.length - next);
        }
    }

    /** Entries for a list of the pages from one on, which an offset begins. */
    private static void checkList(PageTable table, long offset, long[] pages, int from, int count) {
        MemorySegment memory = Arena.ofAuto().allocate(Long.BYTES * (count + 2L), PAGE);
        memory.fill((byte) -1);
        ListPages list = new ListPages(memory, new long[] {0}, (int) PAGE);
        table.putPages(offset, count, SHIFT, list, Long.BYTES);
        assertEquals(-1, list.get(0));
        for (int i = 0; i < count; i++) {
            assertEquals(pages[from + i], list.get(Long.BYTES * (i + 1L)));
        }
        assertEquals(-1, list.get(Long.BYTES * (count + 1L)));
    }

    /** Byte by byte, but for whole pages. */
    private static long run(long[] pages, long from, long most) {
        long run = Math.min(most, PAGE - from % PAGE);
        for (int page = (int) (from / PAGE) + 1; run < most; page++) {
            if (pages[page] != pages[page - 1] + PAGE) {
                return run;
            }
            run += Math.min(PAGE, most - run);
        }
        return run;
    }

    @Property
    void everyByteIsWhereItsPageIs(
            @ForAll @IntRange(max = 4095) int inPage,
            @ForAll @IntRange(min = 1, max = 40) int count,
            @ForAll @IntRange(max = 100) int scatter,
            @ForAll long seed) {
        Random random = new Random(seed);
        long[] pages = new long[count];
        for (int i = 0; i < count; i++) {
            boolean follows = i > 0 && random.nextInt(100) >= scatter;
            pages[i] = follows ? pages[i - 1] + PAGE : (random.nextInt(1 << 28) + 1L) * PAGE;
        }
        long address = (random.nextInt(1 << 20) + 1L) * PAGE + inPage;
        check(address, pages, random.nextLong(count * PAGE - inPage));
    }

    @Property(tries = 2_000)
    void largePagesAreFoundWhereverTheMemoryBegins(
            @ForAll @IntRange(max = PER_LARGE - 1) int firstSmallPage,
            @ForAll @IntRange(min = 1, max = 3 * PER_LARGE) int count,
            @ForAll boolean broken,
            @ForAll long seed) {
        Random random = new Random(seed);
        long address = (1L << 40) + firstSmallPage * PAGE + random.nextInt((int) PAGE);
        long[] pages = new long[count];
        long[] large = {7L << 30, 3L << 30, 5L << 30, 1L << 30};
        for (int i = 0; i < count; i++) {
            int small = firstSmallPage + i;
            pages[i] = large[small / PER_LARGE] + small % PER_LARGE * PAGE;
        }
        if (broken) {
            pages[random.nextInt(count)] = 9L << 30;
        } else {
            String table = PageTable.of(address, pages, SHIFT).toString();
            assertTrue(table.contains("one run") || table.endsWith("by 2097152 bytes"), table);
        }
        check(address, pages, random.nextLong(count * PAGE - address % PAGE));
    }

    @Test
    void aGibibytePageIsOneEntry() {
        int count = 2 << 18;
        long[] pages = new long[count];
        for (int i = 0; i < count; i++) {
            pages[i] = (i < 1 << 18 ? 5L << 30 : 2L << 30) + i % (1 << 18) * PAGE;
        }
        PageTable table = PageTable.of(1L << 40, pages, SHIFT);
        assertEquals("[5368709120, 2147483648] by 1073741824 bytes", table.toString());
        assertEquals((2L << 30) + 5, table.iova((1L << 30) + 5));
        assertEquals(1L << 30, table.run(0, 2L << 30));
        int perLarge = 1 << 18;
        checkList(table, (1L << 30) - 2 * PAGE, pages, perLarge - 2, 4);
        checkList(table, 0, pages, 0, 3);
    }

    @Test
    void pagesOfAControllerMayBeLargeThemselves() {
        long[] pages = {6L << 30, 4L << 30};
        PageTable table = PageTable.of((1L << 40) + 5, pages, 21);
        assertEquals("[6442450944, 4294967296] by 2097152 bytes", table.toString());
        assertEquals((4L << 30) + 6, table.iova((2 << 20) + 1));
    }

    @Test
    void identityNeedsNoTable() {
        PageTable table = PageTable.identity(0x1234);
        assertEquals(0x1234 + 77, table.iova(77));
        assertEquals(1L << 40, table.run(5, 1L << 40));
        assertEquals("one run from 0x1234", table.toString());
    }
}
