// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.internal.map.FakeDma.PageOrder;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import org.junit.jupiter.api.Test;

/** A slice of memory says of its bytes what the memory says of them. */
class MemorySliceTest {
    private static final int PAGE = FakeDma.PAGE;

    @Property
    void aSliceHasTheIovasAndListsOfTheWhole(
            @ForAll PageOrder order,
            @ForAll @IntRange(max = PAGE - 1) int inPage,
            @ForAll @IntRange(min = 1, max = 40 * PAGE) int length,
            @ForAll @IntRange(max = 40 * PAGE) int begin,
            @ForAll @IntRange(min = 1, max = 40 * PAGE) int size,
            @ForAll @IntRange(max = 40 * PAGE) int offset) {
        MappedMemory whole = new FakeDma(length).memory(inPage, length, order, true);
        int from = begin % length;
        int bytes = Math.min(size, length - from);
        int at = offset % bytes;
        MappedMemory slice = whole.slice(from, bytes);
        assertEquals(whole.address() + from, slice.address());
        assertEquals(bytes, slice.length());
        assertEquals(whole.iova(from + at), slice.iova(at));
        assertEquals(whole.run(from + at, bytes - at), slice.run(at, bytes - at));
        int page = (int) (slice.fromFirstPage(at) / PAGE);
        int pageOfWhole = (int) (whole.fromFirstPage(from + at) / PAGE);
        assertEquals(whole.prpList(pageOfWhole, bytes - at), slice.prpList(page, bytes - at));
    }

    @Test
    void aSliceOfWhatIsNotTranslatedHasItsAddresses() {
        MappedMemory slice = MappedMemory.untranslated(1000, 100).slice(10, 20);
        assertEquals(1010, slice.address());
        assertEquals(1013, slice.iova(3));
        assertEquals(17, slice.run(3, 17));
    }

    @Test
    void slicesLiveAndDieByThemselves() {
        MappedMemory whole = MappedMemory.untranslated(0, 100);
        MappedMemory one = whole.slice(0, 50);
        one.kill();
        assertFalse(one.isAlive());
        assertTrue(whole.isAlive());
        assertTrue(whole.slice(0, 50).isAlive());
    }
}
