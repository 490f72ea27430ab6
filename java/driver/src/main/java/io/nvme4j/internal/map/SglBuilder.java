// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.map;

import io.nvme4j.map.DataPointerEntry.Kind;
import io.nvme4j.map.MappingRules;

/**
 * Scatter gather lists, as "Scatter Gather List" of the NVM Express Base Specification has them. A
 * transfer at one run of IOVAs is one Data Block descriptor in the command; else the command points
 * at a segment of descriptors, whose last points at the next segment where there is one.
 */
final class SglBuilder {
    static final int DESCRIPTOR_BYTES = 16;

    /**
     * Bits 63:60 of a descriptor's second half: SGL Descriptor Type; the sub type is 0h, address.
     */
    static final long TYPE_DATA_BLOCK = 0L << 60;

    private static final long TYPE_BIT_BUCKET = 1L << 60;
    private static final long TYPE_SEGMENT = 2L << 60;
    private static final long TYPE_LAST_SEGMENT = 3L << 60;

    /** A descriptor's length has 32 bits; kept a multiple of every alignment and block size. */
    private static final long MAXIMUM_LENGTH = 1L << 31;

    private final ListPages lists;
    private final MappingRules rules;
    private final long alignmentMask;
    private final long maximumDescriptors;
    private final GatherCursor cursor = new GatherCursor();

    /* The run of bytes that becomes the next descriptor. */
    private long iova;
    private long length;
    private boolean skips;

    /* Where the segment that is being filled stands, and its own descriptor. */
    private boolean ownerIsInList;
    private long ownerAt;
    private int page;
    private long entry;

    /**
     * @param listPages that a command has
     */
    SglBuilder(ListPages lists, int listPages, MappingRules rules) {
        this.lists = lists;
        this.rules = rules;
        this.alignmentMask = rules.sglSupport().alignment() - 1L;
        long links = Math.max(0, listPages - 1);
        long descriptors = (long) listPages * (rules.pageSize() / DESCRIPTOR_BYTES) - links;
        // Without a list, there is still the descriptor in the command.
        this.maximumDescriptors = Math.max(1, descriptors);
    }

    /** What a descriptor is, by its second half. */
    static Kind kind(long high) {
        long type = high & (0xFL << 60);
        if (type == TYPE_DATA_BLOCK) {
            return Kind.SGL_DATA_BLOCK;
        }
        if (type == TYPE_BIT_BUCKET) {
            return Kind.SGL_BIT_BUCKET;
        }
        return type == TYPE_SEGMENT ? Kind.SGL_SEGMENT : Kind.SGL_LAST_SEGMENT;
    }

    /** The length field of a descriptor's second half. */
    static long length(long high) {
        return high & 0xFFFF_FFFFL;
    }

    /** How many bytes from a place on an SGL can describe, at most {@code most}. */
    long fit(GatherCursor from, long most) {
        cursor.set(from);
        long done = 0;
        for (long count = 0; count < maximumDescriptors && done < most; count++) {
            long run = nextRun(most - done);
            if (run == 0) {
                break;
            }
            done += run;
        }
        return done;
    }

    /**
     * Takes the bytes of one descriptor: those that follow in the memory, and in neighbouring
     * ranges, as long as they are at one run of IOVAs.
     *
     * @return how many, at most {@code most}; 0 where the controller takes none from there
     */
    private long nextRun(long most) {
        length = 0;
        long limit = Math.min(most, MAXIMUM_LENGTH);
        while (length < limit && takesNext() && (length == 0 || continues())) {
            if (!takePiece(limit - length)) {
                break;
            }
        }
        return length;
    }

    private boolean takesNext() {
        return cursor.isBitBucket() ? rules.bitBuckets() : (cursor.iova() & alignmentMask) == 0;
    }

    private boolean continues() {
        return cursor.isBitBucket() ? skips : !skips && cursor.iova() == iova + length;
    }

    /** Returns whether there was any that is long enough for the alignment of lengths. */
    private boolean takePiece(long most) {
        boolean skip = cursor.isBitBucket();
        long piece = Math.min(cursor.left(), most) & ~alignmentMask;
        if (piece == 0) {
            return false;
        }
        if (!skip) {
            piece = cursor.memory().run(cursor.offset(), piece);
        }
        if (length == 0) {
            skips = skip;
            iova = skip ? 0 : cursor.iova();
        }
        length += piece;
        cursor.advance(piece);
        return true;
    }

    /**
     * Writes SGL1, and segments where it needs them.
     *
     * @param bytes as {@link #fit} allows
     * @param listPage first of the command's list pages
     */
    void build(long at, GatherCursor from, long bytes, int listPage) {
        cursor.set(from);
        if (nextRun(bytes) == bytes) {
            AddressSpace.put(at, iova, descriptorOfRun());
            return;
        }
        ownerIsInList = false;
        ownerAt = at;
        page = listPage;
        entry = lists.begin(page);
        for (long left = bytes - length; left > 0; left -= nextRun(left)) {
            append(true);
        }
        append(false);
        putOwner(TYPE_LAST_SEGMENT | (entry - lists.begin(page)));
    }

    private long descriptorOfRun() {
        return (skips ? TYPE_BIT_BUCKET : TYPE_DATA_BLOCK) | length;
    }

    private void append(boolean moreFollow) {
        boolean isLastOfPage = entry == lists.begin(page) + rules.pageSize() - DESCRIPTOR_BYTES;
        if (isLastOfPage && moreFollow) {
            putOwner(TYPE_SEGMENT | rules.pageSize());
            ownerIsInList = true;
            ownerAt = entry;
            page++;
            entry = lists.begin(page);
        }
        lists.put(entry, iova, descriptorOfRun());
        entry += DESCRIPTOR_BYTES;
    }

    /** Writes the descriptor of the segment that was filled: in the command, or in a list. */
    private void putOwner(long typeAndLength) {
        if (ownerIsInList) {
            lists.put(ownerAt, lists.iova(page), typeAndLength);
        } else {
            AddressSpace.put(ownerAt, lists.iova(page), typeAndLength);
        }
    }
}
