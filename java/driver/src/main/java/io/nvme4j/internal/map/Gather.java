// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.map;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Ranges of mapped memory, one after the other: where the bytes of a transfer are. Neighbours are
 * joined. Not thread-safe; no list with more ranges than it ever had allocates.
 */
public final class Gather {
    /** In place of memory: bytes of a read that nobody wants. */
    private static final MappedMemory BIT_BUCKET = MappedMemory.untranslated(0, 0);

    private static final int INITIAL = 8;

    private MappedMemory[] memory = new MappedMemory[INITIAL];
    private long[] offsets = new long[INITIAL];
    private long[] lengths = new long[INITIAL];
    private int size;
    private long length;
    private boolean skips;

    /** Appends a range of memory, {@code length} of 1 byte or more; or, if that throws, nothing. */
    public void add(MappedMemory range, long offset, long length) {
        int last = size - 1;
        if (last >= 0 && memory[last] == range && offsets[last] + lengths[last] == offset) {
            lengths[last] += length;
        } else {
            append(range, offset, length);
        }
        this.length += length;
    }

    /** Appends bytes that a read skips. */
    public void addBitBucket(long length) {
        append(BIT_BUCKET, 0, length);
        skips = true;
        this.length += length;
    }

    private void append(MappedMemory range, long offset, long length) {
        if (size == lengths.length) { // which grow last, so that a failure is tried again
            memory = Arrays.copyOf(memory, 2 * size);
            offsets = Arrays.copyOf(offsets, 2 * size);
            lengths = Arrays.copyOf(lengths, 2 * size);
        }
        memory[size] = range;
        offsets[size] = offset;
        lengths[size] = length;
        size++;
    }

    /** Removes all ranges. */
    public void clear() {
        Arrays.fill(memory, 0, size, null);
        size = 0;
        length = 0;
        skips = false;
    }

    /** Ranges, after neighbours were joined. */
    public int size() {
        return size;
    }

    /** Bytes in all. */
    public long length() {
        return length;
    }

    /** Whether some bytes go to a bit bucket. */
    public boolean skips() {
        return skips;
    }

    /** Tells of the memory of each range; any thread, of a list that a transfer in flight uses. */
    public void forEachMemory(Consumer<MappedMemory> found) {
        @Nullable MappedMemory[] all = memory; // which grows into another, and has nulls behind
        for (int i = 0; i < Math.min(size, all.length); i++) {
            MappedMemory one = all[i];
            if (one != null) {
                found.accept(one);
            }
        }
    }

    /** Whether any range is of this memory. */
    public boolean uses(MappedMemory one) {
        for (int i = 0; i < size; i++) {
            if (memory[i] == one) {
                return true;
            }
        }
        return false;
    }

    /** Whether the memory of all ranges may be used. */
    public boolean isAlive() {
        for (int i = 0; i < size; i++) {
            if (!memory[i].isAlive()) {
                return false;
            }
        }
        return true;
    }

    MappedMemory memory(int index) {
        return memory[index];
    }

    boolean isBitBucket(int index) {
        return memory[index] == BIT_BUCKET;
    }

    long offset(int index) {
        return offsets[index];
    }

    long length(int index) {
        return lengths[index];
    }
}
