// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;

/**
 * Reads page lists as the specification describes them, in plain words and without regard for
 * speed. Written from "Physical Region Page Entry and List" and "Scatter Gather List" of the NVM
 * Express Base Specification; shares nothing with the mapper.
 */
final class ReferenceWalker {
    private final LongUnaryOperator memory;
    private final int pageSize;
    private final List<Piece> pieces = new ArrayList<>();
    private int listPages;

    /** Bytes at an IOVA; at {@link #NOWHERE} those of a bit bucket. */
    record Piece(long iova, long length) {
        static final long NOWHERE = -1;
    }

    /**
     * @param memory reads the 8 bytes at an IOVA
     */
    ReferenceWalker(LongUnaryOperator memory, int pageSize) {
        this.memory = memory;
        this.pageSize = pageSize;
    }

    List<Piece> pieces() {
        return pieces;
    }

    int listPages() {
        return listPages;
    }

    void walkPrps(long prp1, long prp2, long length) {
        assertEquals(0, prp1 % 4, "PRP1 is dword aligned");
        long first = Math.min(length, pageSize - prp1 % pageSize);
        pieces.add(new Piece(prp1, first));
        long left = length - first;
        if (left == 0) {
            assertEquals(0, prp2, "PRP2 is reserved");
        } else if (left <= pageSize) {
            assertEquals(0, prp2 % pageSize, "PRP2 as a second entry has offset 0");
            pieces.add(new Piece(prp2, left));
        } else {
            walkPrpList(prp2, left);
        }
    }

    private void walkPrpList(long list, long length) {
        assertEquals(0, list % 8, "a PRP list is qword aligned");
        listPages++;
        long left = length;
        long entry = list;
        while (left > 0) {
            boolean lastOfPage = (entry + 8) % pageSize == 0;
            long value = memory.applyAsLong(entry);
            if (lastOfPage && left > pageSize) {
                assertEquals(0, value % pageSize, "a list's next page is page aligned");
                listPages++;
                entry = value;
            } else {
                assertEquals(0, value % pageSize, "PRP entries of a list have offset 0");
                long piece = Math.min(left, pageSize);
                pieces.add(new Piece(value, piece));
                left -= piece;
                entry += 8;
            }
        }
    }

    void walkSgl(long low, long high, long length) {
        int type = (int) (high >>> 60);
        long size = high & 0xFFFF_FFFFL;
        assertEquals(0, high >>> 32 & 0xFF_FFFF, "reserved bytes are 0");
        assertEquals(0, high >>> 56 & 0xF, "sub type is address");
        if (type == 0 || type == 1) {
            assertEquals(length, size, "one descriptor is the whole transfer");
            pieces.add(new Piece(type == 0 ? low : Piece.NOWHERE, size));
            return;
        }
        walkSegment(low, size, type == 3);
        assertTrue(type == 2 || type == 3, "a segment descriptor");
        assertEquals(length, pieces.stream().mapToLong(Piece::length).sum(), "SGL length");
    }

    private void walkSegment(long address, long size, boolean last) {
        assertEquals(0, size % 16, "segments are made of descriptors");
        assertTrue(size > 0, "segments are not empty");
        listPages++;
        for (long at = 0; at < size; at += 16) {
            long low = memory.applyAsLong(address + at);
            long high = memory.applyAsLong(address + at + 8);
            int type = (int) (high >>> 60);
            long length = high & 0xFFFF_FFFFL;
            if (type == 0 || type == 1) {
                pieces.add(new Piece(type == 0 ? low : Piece.NOWHERE, length));
                continue;
            }
            assertTrue(!last, "the last segment has data blocks only");
            assertEquals(size - 16, at, "a segment descriptor is the last of its segment");
            walkSegment(low, length, type == 3);
            return;
        }
        assertTrue(last, "only the last segment ends without a next");
    }
}
