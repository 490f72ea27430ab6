// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run.data;

import io.nvme4j.cli.job.Contents;
import io.nvme4j.cli.load.random.RandomNumbers;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Data that are made for each write. Those of the same seed are the same: a duplicate is a write
 * whose seed was another's.
 */
public final class RefilledData {
    /** Seeds of each who makes data: more than anyone needs. */
    private static final int SEEDS_SHIFT = 40;

    private final Contents contents;
    private final MemorySegment rest;
    private final WriteSets sets;
    private final int number;
    private final long setSize;
    private final RandomNumbers choice;
    private long unique;
    private long last;

    /**
     * @param pattern of what is not random, or empty for zeros
     * @param largest bytes of the largest write
     * @param setSize writes that duplicates are taken from, or 0 for the one before
     */
    public RefilledData(
            Contents contents, List<Byte> pattern, long largest, long setSize, WriteSets sets) {
        this.contents = contents;
        this.rest = MemorySegment.ofArray(new byte[Math.toIntExact(largest)]);
        if (!pattern.isEmpty()) {
            WriteData.fill(rest, pattern, 0);
        }
        this.sets = sets;
        this.number = sets.add(contents.isShared());
        this.setSize = setSize;
        this.choice = new RandomNumbers(number);
    }

    /** Makes the data of the next write. */
    public void fill(MemorySegment memory, long at, long bytes) {
        RandomNumbers random = new RandomNumbers(seed());
        long chunk = contents.chunk() == 0 ? bytes : contents.chunk();
        for (long done = 0; done < bytes; done += chunk) {
            fillChunk(memory, at + done, Math.min(chunk, bytes - done), random);
        }
    }

    private void fillChunk(MemorySegment memory, long at, long bytes, RandomNumbers random) {
        long end = bytes * (100 - contents.compressible()) / 100 & -Long.BYTES;
        for (long i = 0; i < end; i += Long.BYTES) {
            memory.set(ValueLayout.JAVA_LONG_UNALIGNED, at + i, random.next());
        }
        MemorySegment.copy(rest, 0, memory, at + end, bytes - end);
    }

    private long seed() {
        if (choice.below(100) < contents.duplicates()) {
            return setSize == 0 ? last : ofSet();
        }
        last = seed(number, unique++);
        return last;
    }

    /** The first ones of all that share are the set, be they written or not. */
    private long ofSet() {
        int owner = contents.isShared() ? (int) choice.below(sets.shared()) : number;
        return seed(owner, choice.below(setSize));
    }

    private static long seed(int owner, long index) {
        return ((long) owner << SEEDS_SHIFT) + index + 1;
    }
}
