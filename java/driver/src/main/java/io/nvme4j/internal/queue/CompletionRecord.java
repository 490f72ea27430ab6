// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.queue;

import static io.nvme4j.internal.map.AddressSpace.MEMORY;
import static io.nvme4j.internal.map.AddressSpace.at;

import java.lang.foreign.ValueLayout;

/**
 * The completion record, 16 bytes: {@code n4j_completion} of {@code nvme4j.h}.
 *
 * <pre>
 *        0        1        2        3        4        5        6        7
 *   0  | tag                                                                   |
 *   8  | CDW0                              | status          | errno           |
 * </pre>
 *
 * <p>Each is known by its address, in a {@link RecordArray} that the caller keeps.
 */
public final class CompletionRecord {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

    /** Bytes in a record. */
    public static final long BYTES = 16;

    private static final long TAG = 0;
    private static final long CDW0 = 8;
    private static final long STATUS = 12;

    private CompletionRecord() {}

    /** The tag of the command. */
    public static long tag(long record) {
        return MEMORY.get(LONG, at(record, TAG));
    }

    /** Command specific result (DW0 of the completion queue entry). */
    public static int result(long record) {
        return MEMORY.get(INT, at(record, CDW0));
    }

    /** 0 for success; else the status field in bits 14:0 and an errno in bits 31:16. */
    public static int status(long record) {
        return MEMORY.get(INT, at(record, STATUS));
    }
}
