// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * Active Namespace ID list (Base Specification, "Active Namespace ID list", CNS 02h): identifiers
 * in ascending order, as many as fit.
 *
 * @param identifiers namespace identifiers (NSID)
 */
public record ActiveNamespaceList(List<Integer> identifiers) {
    /** Size of the structure in bytes. */
    public static final int BYTES = 4096;

    private static final int MAXIMUM_ENTRIES = BYTES / Integer.BYTES;

    /** Makes a list of its own. */
    public ActiveNamespaceList {
        identifiers = List.copyOf(Objects.requireNonNull(identifiers, "identifiers"));
    }

    /**
     * Copies the structure.
     *
     * @param segment the answer to Identify with CNS 02h
     * @return the identifiers up to the first that is 0
     * @throws IllegalArgumentException if there are fewer than {@link #BYTES} bytes
     */
    public static ActiveNamespaceList of(MemorySegment segment) {
        Structure structure = Structure.copyOf(segment, BYTES, "an Active Namespace ID list");
        return new ActiveNamespaceList(
                IntStream.range(0, MAXIMUM_ENTRIES)
                        .map(entry -> structure.dword(entry * Integer.BYTES))
                        .takeWhile(identifier -> identifier != 0)
                        .boxed()
                        .toList());
    }

    /**
     * {@return whether there may be further namespaces, which a command with the last identifier
     * lists}
     */
    public boolean isFull() {
        return identifiers.size() == MAXIMUM_ENTRIES;
    }
}
