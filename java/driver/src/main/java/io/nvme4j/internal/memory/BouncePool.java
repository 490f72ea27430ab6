// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.memory;

import io.nvme4j.memory.DmaBuffer;

import org.jspecify.annotations.Nullable;

/**
 * A bounded number of buffers through which data are copied that the controller can't reach where
 * they are. Allocated as they are first needed, kept until the pool is closed. One thread at a
 * time.
 */
public final class BouncePool implements AutoCloseable {
    private static final long MAXIMUM_BYTES = 16 << 20;
    private static final long MAXIMUM_BUFFER = 1 << 20;

    private final DmaMemory memory;
    private final long bufferSize;
    private final @Nullable DmaBuffer[] buffers;
    private final int[] free;
    private int freeCount;

    /**
     * @param memory that buffers come from
     * @param maximumTransferSize most bytes of one command
     * @param depth most commands at once
     */
    public BouncePool(DmaMemory memory, long maximumTransferSize, int depth) {
        this.memory = memory;
        this.bufferSize = Math.min(maximumTransferSize, MAXIMUM_BUFFER);
        int count = Math.clamp(MAXIMUM_BYTES / bufferSize, 1, depth);
        this.buffers = new DmaBuffer[count];
        this.free = new int[count];
        for (int i = count - 1; i >= 0; i--) {
            free[freeCount++] = i;
        }
    }

    /** Bytes of each buffer. */
    public long bufferSize() {
        return bufferSize;
    }

    /** Buffers in all. */
    public int size() {
        return buffers.length;
    }

    /** Buffers that can be taken. */
    public int available() {
        return freeCount;
    }

    /**
     * Takes a buffer. There must be one.
     *
     * @return its number
     * @throws io.nvme4j.error.ShimException if memory for it can't be had
     */
    public int take() {
        int number = free[freeCount - 1];
        if (buffers[number] == null) {
            buffers[number] = memory.allocateInternal(bufferSize);
        }
        freeCount--;
        return number;
    }

    /** A buffer that was taken. */
    public DmaBuffer buffer(int number) {
        DmaBuffer buffer = buffers[number];
        if (buffer == null) {
            throw new IllegalStateException("buffer " + number + " was never taken");
        }
        return buffer;
    }

    /** Gives a buffer back. */
    public void give(int number) {
        free[freeCount++] = number;
    }

    /** Frees the buffers. No command uses them. */
    @Override
    public void close() {
        for (DmaBuffer buffer : buffers) {
            if (buffer != null) {
                buffer.close();
            }
        }
    }
}
