// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.memory;

import io.nvme4j.shim.NativeController;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The DMA memory of one controller: allocates buffers, and sees to it that none is freed while a
 * command that uses it is in flight. Thread-safe.
 *
 * <p>How a close and a submission on another thread keep out of each other's way, without a lock or
 * an atomic operation for each I/O:
 *
 * <ul>
 *   <li>A queue notes the buffer in its slot, then, once a batch, makes a full fence and compares
 *       {@link #closeEpoch()} with the one that it saw last. Only where that differs does it look
 *       whether its buffers are still alive.
 *   <li>A close makes the epoch odd, then looks through the slots of all queues. It refuses where
 *       it finds the buffer, else the buffer is dead; then it makes the epoch even.
 * </ul>
 *
 * Whichever came first in the order of the two fences, either the close sees the slot or the queue
 * sees the epoch.
 */
public final class DmaMemory {
    /** Whoever has commands in flight that use buffers of this memory. */
    public interface User {
        /** Commands in flight that use the buffer. Called by any thread. */
        int countUses(DmaBuffer buffer);
    }

    private final NativeController controller;
    private final boolean translated;
    private final int pageSize;
    private final List<User> users = new CopyOnWriteArrayList<>();

    private volatile int closeEpoch;

    /**
     * @param controller whose memory it is
     */
    public DmaMemory(NativeController controller) {
        this.controller = controller;
        this.translated = controller.takesDataPointers();
        this.pageSize = controller.pageSize();
    }

    /**
     * Allocates a zeroed buffer.
     *
     * @param length bytes, at least 1; rounded up to whole pages inside, not in {@link
     *     DmaBuffer#length()}
     * @param alignment bytes, a power of two; at least a page is given
     * @param numaNode node that the memory should be on, or -1
     * @throws io.nvme4j.error.ShimException if there is not enough memory
     */
    public DmaBuffer allocate(long length, long alignment, int numaNode) {
        long aligned = Math.max(alignment, pageSize);
        NativeController.Allocation memory = controller.allocate(length, aligned, numaNode);
        try {
            // A transport that makes the data pointer itself never asks for an IOVA.
            long[] iovas =
                    translated
                            ? controller.translate(memory.address(), length, pageSize)
                            : new long[0];
            return new DmaBuffer(this, memory.address(), length, iovas, memory.kind());
        } catch (RuntimeException | Error e) {
            controller.free(memory.address());
            throw e;
        }
    }

    /** Bytes in a page of the lists that are made for this memory. */
    public int pageSize() {
        return pageSize;
    }

    /** From now on, no buffer that the user counts uses of is freed. */
    public void addUser(User user) {
        users.add(user);
    }

    /** The user has no more commands in flight, and will have none. */
    public void removeUser(User user) {
        users.remove(user);
    }

    /** Changes whenever a buffer is closed; odd while a close is at work. */
    public int closeEpoch() {
        return closeEpoch;
    }

    /** Frees the buffer's memory, unless a command uses it. */
    synchronized void close(DmaBuffer buffer) {
        closeEpoch++; // volatile: nothing below moves above it
        try {
            int uses = users.stream().mapToInt(user -> user.countUses(buffer)).sum();
            if (uses > 0) {
                throw new IllegalStateException(
                        uses
                                + " commands in flight use the buffer: process their completions or"
                                + " close their queue pair first");
            }
            buffer.kill();
        } finally {
            closeEpoch++;
        }
        controller.free(buffer.address());
    }
}
