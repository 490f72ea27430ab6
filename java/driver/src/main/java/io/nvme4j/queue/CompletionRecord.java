// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.queue;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/**
 * The completion record, 16 bytes: {@code n4j_completion} of {@code nvme4j.h}.
 *
 * <pre>
 *        0        1        2        3        4        5        6        7
 *   0  | tag                                                                   |
 *   8  | CDW0                              | status          | errno           |
 * </pre>
 */
public final class CompletionRecord {
    /** Bytes in a record. */
    public static final long BYTES = 16;

    private static final long TAG = 0;
    private static final long CDW0 = 8;
    private static final long STATUS = 12;

    private CompletionRecord() {}

    /** The tag of the command. */
    public static long tag(MemorySegment records, long record) {
        return records.get(JAVA_LONG, record + TAG);
    }

    /** Command specific result (DW0 of the completion queue entry). */
    public static int result(MemorySegment records, long record) {
        return records.get(JAVA_INT, record + CDW0);
    }

    /** 0 for success; else the status field in bits 14:0 and an errno in bits 31:16. */
    public static int status(MemorySegment records, long record) {
        return records.get(JAVA_INT, record + STATUS);
    }
}
