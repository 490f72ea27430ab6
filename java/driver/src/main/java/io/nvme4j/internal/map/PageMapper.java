// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.map;

import io.nvme4j.map.DataPointerEntry;
import io.nvme4j.map.DataPointerForm;
import io.nvme4j.map.MappingRules;
import io.nvme4j.map.SglSupport;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Writes the data pointers of commands, without a native call and without allocating.
 *
 * <p>It takes the form that costs the controller and this processor least: one SGL descriptor where
 * the transport makes it of a virtual address, as SPDK's targets are quickest with that; else PRP1
 * and PRP2 where they are enough; one SGL descriptor where the memory is at one run of IOVAs; PRPs
 * that stand ready in the memory's own table; and a list in the pages that the command has only
 * where none of these will do. A list costs the controller a read of it, which is dearer than what
 * the transport does for a descriptor.
 *
 * <p>One thread uses it at a time. Lists are the controller's until the command has completed. It
 * has many fields, as what the rules say stands ready in numbers, which each command looks at.
 */
public final class PageMapper {
    private final MappingRules rules;
    private final int listPages;
    private final int pageSize;
    private final int pageShift;
    private final long inPageMask;
    private final boolean takesPrp;

    /** Where this is not so, the transport makes a descriptor of whatever a PRP could point at. */
    private final boolean prefersPrp;

    private final boolean takesSgl;
    private final int sglMask;
    private final boolean takesContiguous;
    private final int contiguousMask;

    private final PrpBuilder prps;
    private final SglBuilder sgls;
    private final FragmentBuilder fragments;
    private final ListPages lists;

    private final Gather single = new Gather();
    private final GatherCursor cursor = new GatherCursor();
    private DataPointerForm form = DataPointerForm.PRP;
    private long address;
    private int fragmentCount;

    /**
     * @param lists pages for the lists of all commands
     * @param listPages pages of {@code lists} that each command has
     */
    public PageMapper(MappingRules rules, ListPages lists, int listPages) {
        this.rules = rules;
        this.lists = lists;
        this.listPages = listPages;
        this.pageSize = rules.pageSize();
        this.pageShift = Integer.numberOfTrailingZeros(pageSize);
        this.inPageMask = pageSize - 1L;
        this.takesPrp = rules.takes(DataPointerForm.PRP);
        this.takesSgl = rules.takes(DataPointerForm.SGL);
        this.sglMask = rules.sglSupport().alignment() - 1;
        boolean isDescriptor =
                rules.sglSupport() != SglSupport.NONE; // what the transport makes of it
        this.takesContiguous =
                rules.takes(DataPointerForm.CONTIGUOUS) && (isDescriptor || !takesPrp);
        this.prefersPrp = takesPrp && !takesContiguous;
        this.contiguousMask = FragmentBuilder.alignment(rules) - 1;
        this.prps = new PrpBuilder(lists, listPages, pageSize);
        this.sgls = new SglBuilder(lists, listPages, rules);
        this.fragments = new FragmentBuilder(lists, listPages, rules);
    }

    MappingRules rules() {
        return rules;
    }

    /**
     * Writes the data pointer for a range of memory.
     *
     * @param at address where PRP1 or the first half of SGL1 goes; the other half follows
     * @param offset of the range in the memory, in bytes; the range lies inside it
     * @param length bytes, 1 or more, at most the controller's maximum transfer size
     * @param slot the command's number, which tells its list pages
     * @return the form taken; {@link #address} and {@link #fragmentCount} say more where the
     *     transport builds the pointer, which is all zero then
     * @throws IllegalArgumentException if the controller takes no data from there
     */
    public DataPointerForm map(long at, MappedMemory memory, long offset, long length, int slot) {
        long fromFirstPage = memory.fromFirstPage(offset);
        long inPage = fromFirstPage & inPageMask;
        long rest = length + inPage - pageSize; // bytes after the first page
        boolean isPrp = prefersPrp && (inPage & PrpBuilder.ALIGNMENT - 1) == 0;
        if (isPrp && rest <= pageSize) {
            long prp2 = rest <= 0 ? 0 : memory.iova(offset + length - rest);
            AddressSpace.put(at, memory.iova(offset), prp2); // not by put: AddressSpace says why
            return DataPointerForm.PRP;
        }
        if (takesSgl
                && ((inPage | length) & sglMask) == 0
                && length <= Integer.MAX_VALUE
                && memory.run(offset, length) == length) {
            long high = SglBuilder.TYPE_DATA_BLOCK | length;
            return put(at, memory.iova(offset), high, DataPointerForm.SGL);
        }
        if (takesContiguous && ((memory.address() + offset) & contiguousMask) == 0) {
            address = memory.address() + offset;
            return put(at, 0, 0, DataPointerForm.CONTIGUOUS);
        }
        if (isPrp) {
            long list = memory.prpList((int) (fromFirstPage >>> pageShift) + 1, rest);
            if (list != 0) {
                return put(at, memory.iova(offset), list, DataPointerForm.PRP);
            }
        }
        return mapOne(at, memory, offset, length, slot);
    }

    private static DataPointerForm put(long at, long low, long high, DataPointerForm form) {
        AddressSpace.put(at, low, high);
        return form;
    }

    /** Of what needs more than numbers that stand ready. */
    private DataPointerForm mapOne(
            long at, MappedMemory memory, long offset, long length, int slot) {
        long inPage = memory.fromFirstPage(offset) & inPageMask;
        long firstPage = pageSize - inPage;
        int page = slot * listPages;
        if (takesPrp
                && (inPage & PrpBuilder.ALIGNMENT - 1) == 0
                && prps.listPages(memory, offset + firstPage, length - firstPage, page)) {
            return put(at, memory.iova(offset), lists.iova(page), DataPointerForm.PRP);
        }
        single.clear();
        single.add(memory, offset, length);
        cursor.begin(single);
        if (fit(cursor, length) < length) {
            throw new IllegalArgumentException(
                    "the controller takes no data of "
                            + length
                            + " bytes from offset "
                            + offset
                            + ", address 0x"
                            + Long.toHexString(memory.address() + offset)
                            + ": it wants "
                            + wanted());
        }
        return write(at, cursor, length, slot);
    }

    /** Tells people what memory the controller takes. */
    String wanted() {
        return rules.takesBytes()
                ? "less of it in one command"
                : "addresses that are multiples of 4, and less of it in one command";
    }

    /**
     * How many bytes one command can take from a place on.
     *
     * @param most what is asked for, at most the controller's maximum transfer size
     * @return up to {@code most}; 0 where the controller takes no data from there
     */
    public long fit(GatherCursor from, long most) {
        form = DataPointerForm.PRP;
        long best = takesPrp ? prps.fit(from, most) : 0;
        if (best < most && takesSgl) {
            best = better(DataPointerForm.SGL, sgls.fit(from, most), best);
        }
        if (best < most && rules.takes(DataPointerForm.CONTIGUOUS)) {
            best = better(DataPointerForm.CONTIGUOUS, fragments.fitOne(from, most), best);
        }
        if (best < most && rules.takes(DataPointerForm.FRAGMENTS)) {
            best = better(DataPointerForm.FRAGMENTS, fragments.fitArray(from, most), best);
        }
        return best;
    }

    private long better(DataPointerForm candidate, long bytes, long best) {
        if (bytes > best) {
            form = candidate;
            return bytes;
        }
        return best;
    }

    /**
     * Writes the data pointer for what follows a place in a list of ranges.
     *
     * @param length bytes that {@link #fit} allows
     * @return as {@link #map(long, MappedMemory, long, long, int)}
     */
    public DataPointerForm map(long at, GatherCursor from, long length, int slot) {
        fit(from, length); // chooses the form
        return write(at, from, length, slot);
    }

    private DataPointerForm write(long at, GatherCursor from, long length, int slot) {
        int listPage = slot * listPages;
        switch (form) {
            case PRP -> prps.build(at, from, length, listPage);
            case SGL -> sgls.build(at, from, length, listPage);
            case CONTIGUOUS -> {
                address = from.address();
                put(at, 0, 0, form);
            }
            case FRAGMENTS -> {
                fragmentCount = fragments.buildArray(from, length, listPage);
                address = lists.address(lists.begin(listPage));
                put(at, 0, 0, form);
            }
        }
        return form;
    }

    /**
     * Reads the pointer that was written last, for slot 0.
     *
     * @param form that {@link #map} returned
     */
    List<DataPointerEntry> read(MemorySegment record, long at, DataPointerForm form, long length) {
        DataPointerReader reader = new DataPointerReader(lists, pageSize);
        return switch (form) {
            case PRP -> reader.prps(record, at, length);
            case SGL -> reader.sgl(record, at);
            case CONTIGUOUS -> reader.contiguous(address, length);
            case FRAGMENTS -> reader.fragments(fragmentCount);
        };
    }

    /**
     * Of the pointer written last: the virtual address of the data ({@link
     * DataPointerForm#CONTIGUOUS}), or of the array of its ranges ({@link
     * DataPointerForm#FRAGMENTS}).
     */
    public long address() {
        return address;
    }

    /** Ranges in the array of the pointer written last. */
    public int fragmentCount() {
        return fragmentCount;
    }
}
