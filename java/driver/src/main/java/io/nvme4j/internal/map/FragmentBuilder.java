// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.map;

import io.nvme4j.map.DataPointerForm;
import io.nvme4j.map.MappingRules;
import io.nvme4j.map.SglSupport;

/**
 * Ranges by virtual address, for transports that build data pointers themselves. One range goes
 * into the submission record; more go into an array in the command's list pages.
 */
final class FragmentBuilder {
    static final int FRAGMENT_BYTES = 16;

    private final ListPages lists;
    private final int alignment;
    private final int maximum;
    private final GatherCursor cursor = new GatherCursor();

    private long address;
    private long length;

    /**
     * @param listPages that a command has
     */
    FragmentBuilder(ListPages lists, int listPages, MappingRules rules) {
        this.lists = lists;
        this.alignment = alignment(rules);
        int room = listPages * (rules.pageSize() / FRAGMENT_BYTES);
        this.maximum =
                rules.takes(DataPointerForm.FRAGMENTS)
                        ? Math.min(room, rules.maximumFragments())
                        : 0;
    }

    /** What addresses are multiples of, in bytes. */
    static int alignment(MappingRules rules) {
        return rules.sglSupport() == SglSupport.BYTE ? 1 : PrpBuilder.ALIGNMENT;
    }

    /** How many bytes from a place on one range can describe, at most {@code most}. */
    long fitOne(GatherCursor from, long most) {
        return fit(from, most, 1);
    }

    /** How many bytes from a place on an array of ranges can describe, at most {@code most}. */
    long fitArray(GatherCursor from, long most) {
        return fit(from, most, maximum);
    }

    private long fit(GatherCursor from, long most, int ranges) {
        cursor.set(from);
        long done = 0;
        for (int count = 0; count < ranges && done < most; count++) {
            long range = nextRange(most - done);
            if (range == 0) {
                break;
            }
            done += range;
        }
        return done;
    }

    /** Takes bytes at neighbouring addresses; 0 where the transport takes none from there. */
    private long nextRange(long most) {
        length = 0;
        while (length < most && takesNext() && (length == 0 || continues())) {
            if (length == 0) {
                address = cursor.address();
            }
            long piece = Math.min(cursor.left(), most - length);
            length += piece;
            cursor.advance(piece);
        }
        return length;
    }

    private boolean takesNext() {
        return !cursor.isBitBucket() && (cursor.address() & (alignment - 1)) == 0;
    }

    private boolean continues() {
        return cursor.address() == address + length;
    }

    /**
     * Writes the array.
     *
     * @param bytes as {@link #fitArray} allows
     * @param listPage first of the command's list pages
     * @return how many ranges
     */
    int buildArray(GatherCursor from, long bytes, int listPage) {
        cursor.set(from);
        long begin = lists.begin(listPage);
        int count = 0;
        for (long left = bytes; left > 0; left -= length) {
            nextRange(left);
            lists.put(begin + (long) count++ * FRAGMENT_BYTES, address, length);
        }
        return count;
    }
}
