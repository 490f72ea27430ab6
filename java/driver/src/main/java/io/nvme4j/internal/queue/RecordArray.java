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

    /** For completions. */
    public static RecordArray ofCompletions(int count) {
        return new RecordArray(count, CompletionRecord.BYTES);
    }

    /** Address of the first record. The others follow it without gaps. */
    public long begin() {
        return begin;
    }
}
