// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run.data;

import io.nvme4j.cli.load.random.RandomNumbers;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** What is written, where it isn't checked afterwards. */
public final class WriteData {
    private WriteData() {}

    /**
     * Fills memory with a pattern, or where that is empty with data that a device can neither
     * compress nor recognise as zeros.
     */
    public static void fill(MemorySegment segment, List<Byte> pattern, long seed) {
        if (pattern.isEmpty()) {
            fillRandomly(segment, new RandomNumbers(seed));
            return;
        }
        for (long at = 0; at < segment.byteSize(); at++) {
            segment.set(ValueLayout.JAVA_BYTE, at, pattern.get((int) (at % pattern.size())));
        }
    }

    private static void fillRandomly(MemorySegment segment, RandomNumbers random) {
        for (long at = 0; at < segment.byteSize(); at += Long.BYTES) {
            segment.set(ValueLayout.JAVA_LONG_UNALIGNED, at, random.next());
        }
    }
}
