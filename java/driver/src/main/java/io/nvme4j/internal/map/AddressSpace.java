// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.map;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * Memory by address, for the dozen fields of a record and the entries of a list that each command
 * writes: an access here compiles to a single instruction, where one to a segment is checked each
 * time. So whoever gives an address knows that the memory is there.
 */
public final class AddressSpace {
    /** All memory there is. It is a constant, so that nothing of an access to it is checked. */
    public static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /**
     * No address has more bits. That it says so lets the compiler see that the access is inside.
     */
    private static final long ADDRESS_BITS = (1L << 57) - 1;

    /**
     * Puts a long, with one call less around it than a segment's own method: the compiler inlines
     * 15 calls deep, of which data pointers are the deepest of a command, and callers have some.
     */
    private static final VarHandle LONG = JAVA_LONG_UNALIGNED.varHandle().withInvokeExactBehavior();

    private AddressSpace() {}

    /** Where a field is, so many bytes behind an address. */
    public static long at(long address, long field) {
        return (address & ADDRESS_BITS) + field;
    }

    /** Puts the two halves of a data pointer, or of a descriptor. */
    static void put(long address, long low, long high) {
        LONG.set(MEMORY, at(address, 0), low);
        LONG.set(MEMORY, at(address, Long.BYTES), high);
    }
}
