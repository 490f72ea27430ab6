// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.verify;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What each logical block begins with. All numbers are little-endian.
 *
 * <pre>
 *   0  magic        "N4JBLOCK"
 *   8  LBA          of this block
 *  16  generation   how often its unit has been written, from 1
 *  24  run          number of the ledger that it was written under
 *  32  digest       of the rest of the block, by the kind that the ledger or the job names
 *  64  data
 * </pre>
 */
final class BlockMark {
    static final long BYTES = 64;
    static final long DIGEST = 32;

    private static final long MAGIC = 0x4B434F4C424A344EL;
    private static final long LBA = 8;
    private static final long GENERATION = 16;
    private static final long RUN = 24;

    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(java.nio.ByteOrder.LITTLE_ENDIAN);

    private BlockMark() {}

    /** Writes it, all but the digest. */
    static void put(MemorySegment data, long at, long lba, long generation, long run) {
        data.set(LONG, at, MAGIC);
        data.set(LONG, at + LBA, lba);
        data.set(LONG, at + GENERATION, generation);
        data.set(LONG, at + RUN, run);
    }

    static boolean isThere(MemorySegment data, long at) {
        return data.get(LONG, at) == MAGIC;
    }

    static long lba(MemorySegment data, long at) {
        return data.get(LONG, at + LBA);
    }

    static long generation(MemorySegment data, long at) {
        return data.get(LONG, at + GENERATION);
    }

    static long run(MemorySegment data, long at) {
        return data.get(LONG, at + RUN);
    }
}
