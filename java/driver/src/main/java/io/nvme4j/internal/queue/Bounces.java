// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.queue;

import io.nvme4j.error.CompletionStatus;
import io.nvme4j.error.Errno;
import io.nvme4j.internal.memory.BouncePool;
import io.nvme4j.internal.memory.Lists;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.ScatterGatherList;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * Which commands move their data through a bounce buffer, and where they are really from or for.
 */
final class Bounces {
    private static final int NONE = -1;

    private final BouncePool pool;
    private final int[] numbers;
    private final long[] offsets;
    private final int[] lengths;
    private final @Nullable ScatterGatherList[] readers;

    Bounces(BouncePool pool, int depth) {
        this.pool = pool;
        numbers = new int[depth];
        offsets = new long[depth];
        lengths = new int[depth];
        readers = new ScatterGatherList[depth];
        Arrays.fill(numbers, NONE);
    }

    BouncePool pool() {
        return pool;
    }

    /**
     * Gives a command a buffer; for a write, one that has the data already.
     *
     * @param offset of the command's data in those of the transfer, in bytes
     */
    DmaBuffer take(int slot, TransferTask transfer, long offset, int length) {
        int number = pool.take();
        numbers[slot] = number;
        offsets[slot] = offset;
        lengths[slot] = length;
        readers[slot] = transfer.readsToMemory() ? transfer.data : null;
        DmaBuffer buffer = pool.buffer(number);
        if (!transfer.readsToMemory()) {
            Lists.copyTo(transfer.data, offset, buffer.segment(), 0, length);
        }
        return buffer;
    }

    /** Undoes {@link #take}, where the slot's command has a buffer. */
    void remove(int slot) {
        if (numbers[slot] != NONE) {
            pool.give(numbers[slot]);
            numbers[slot] = NONE;
            readers[slot] = null;
        }
    }

    /**
     * Takes the buffer back, and copies what was read, unless its caller was told of an end before.
     *
     * @param head the slot that the transfer is known by to the handler
     * @return the command's status; an errno where the memory has been freed meanwhile
     */
    int complete(int slot, int status, int head, CommandQueue.SlotHandler handler) {
        int number = numbers[slot];
        if (number == NONE) {
            return status;
        }
        numbers[slot] = NONE;
        pool.give(number);
        ScatterGatherList reader = readers[slot];
        readers[slot] = null;
        if (reader == null || status != 0 || !handler.beginCopy(head)) {
            return status;
        }
        try {
            Lists.copyFrom(reader, pool.buffer(number).segment(), 0, offsets[slot], lengths[slot]);
            return status;
        } catch (IllegalStateException | WrongThreadException e) {
            return CompletionStatus.ofErrno(Errno.EFAULT);
        } finally {
            handler.endCopy(head);
        }
    }
}
