// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.queue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Native memory for records of commands or completions, which are known by their addresses. It is
 * never freed while this object is reachable, so that no late access can find it gone.
 */
public final class RecordArray {
    /** Records begin on cache lines. */
    private static final long ALIGNMENT = 64;

    /**
     * All memory there is. A constant, so that an access by an address that {@link #at} makes
     * compiles to a single instruction; an access to a segment of its own would be checked each
     * time, and there are a dozen to a command.
     */
    static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /**
     * No address has more bits. That it says so lets the compiler see that the access is inside.
     */
    private static final long ADDRESS_BITS = (1L << 57) - 1;

    @SuppressWarnings("UnusedVariable") // keeps the memory
    private final MemorySegment records;

    private final long begin;

    /**
     * @param bytes in a record
     */
    private RecordArray(int count, long bytes) {
        this.records = Arena.ofAuto().allocate(count * bytes, ALIGNMENT);
        this.begin = records.address();
    }

    /** For commands. */
    public static RecordArray ofSubmissions(int count) {
        return new RecordArray(count, SubmissionRecord.BYTES);
    }

    static RecordArray ofCompletions(int count) {
        return new RecordArray(count, CompletionRecord.BYTES);
    }

    /** Address of a field. */
    static long at(long record, long field) {
        return (record & ADDRESS_BITS) + field;
    }

    /** Address of the first record. The others follow it without gaps. */
    public long begin() {
        return begin;
    }
}
