// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec;

import java.lang.foreign.MemorySegment;

/**
 * The beginning of the Discovery log page (Base Specification, "Discovery Log Page", log page
 * identifier 70h). The entries follow it.
 *
 * @param generationCounter (GENCTR) changes with the entries: parts that were read apart belong
 *     together if it is the same before and after
 * @param numberOfRecords (NUMREC) how many entries follow
 * @param recordFormat (RECFMT) of the entries; 0 is the one that {@link DiscoveryLogEntry} knows
 */
public record DiscoveryLogHeader(long generationCounter, long numberOfRecords, int recordFormat) {
    /** Size in bytes: where the first entry is. */
    public static final int BYTES = 1024;

    /**
     * Reads the header.
     *
     * @param segment the log page from its first byte on
     * @return what it says of the entries that follow it
     * @throws IllegalArgumentException if there are fewer than {@link #BYTES} bytes
     */
    public static DiscoveryLogHeader of(MemorySegment segment) {
        Structure structure = Structure.copyOf(segment, BYTES, "the Discovery log page's header");
        return new DiscoveryLogHeader(structure.u64(0), structure.u64(8), structure.u16(16));
    }
}
