// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.map;

/**
 * One number of a data pointer or the metadata pointer, and what it stands for.
 *
 * @param kind of entry
 * @param list number of the list page or segment that it is in, or -1 for one in the command
 * @param index of the entry in that
 * @param address IOVA, or a virtual address where the transport builds the pointer; 0 of a bit
 *     bucket
 * @param bytes of data or metadata that it describes; of an entry that points at a list, bytes of
 *     the list, or 0 where it doesn't say
 */
public record DataPointerEntry(Kind kind, int list, int index, long address, long bytes) {
    /** What an entry is. */
    public enum Kind {
        /** The first page, or part of it. */
        PRP1("PRP1", true),
        /** The second page. */
        PRP2("PRP2", true),
        /** Where the PRP list is. */
        PRP2_LIST("PRP2, a PRP list", false),
        /** A page in a PRP list. */
        PRP_ENTRY("PRP entry", true),
        /** Where a PRP list goes on. */
        PRP_LIST_LINK("PRP entry, more of the list", false),
        /** A run of bytes. */
        SGL_DATA_BLOCK("SGL Data Block", true),
        /** Bytes of a read that go nowhere. */
        SGL_BIT_BUCKET("SGL Bit Bucket", true),
        /** Where a segment is that has a next one. */
        SGL_SEGMENT("SGL Segment", false),
        /** Where the last segment is. */
        SGL_LAST_SEGMENT("SGL Last Segment", false),
        /** An address that the transport makes the pointer of. */
        CONTIGUOUS("contiguous", true),
        /** One of several such addresses. */
        FRAGMENT("fragment", true),
        /** Where metadata are that don't lie with the data. */
        METADATA_POINTER("MPTR", false);

        private final String text;
        private final boolean isData;

        Kind(String text, boolean isData) {
            this.text = text;
            this.isData = isData;
        }

        /** {@return the specification's name, for people} */
        public String text() {
            return text;
        }

        /** {@return whether it describes data, and not where a list or metadata are} */
        public boolean isData() {
            return isData;
        }
    }
}
