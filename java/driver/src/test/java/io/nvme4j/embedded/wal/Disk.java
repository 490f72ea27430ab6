// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.embedded.wal;

import io.nvme4j.Command;
import io.nvme4j.Controller;
import io.nvme4j.Namespace;
import io.nvme4j.QueuePair;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.spec.NvmOpcode;

import java.lang.foreign.ValueLayout;

/** Blocks of integers on a namespace. One thread's. */
final class Disk implements AutoCloseable {
    static final int BLOCK = 512;

    private static final int SLOTS = 16;
    private static final int FUA = 1 << 30;

    private final Namespace namespace;
    private final Namespace other;
    private final QueuePair queue;
    private final DmaBuffer buffer;
    private int next;

    Disk(Controller controller) {
        namespace = controller.namespace(1);
        other = controller.namespace(2);
        queue = controller.queuePair(SLOTS);
        buffer = controller.allocate((long) SLOTS * BLOCK);
    }

    /** Submits a write of neighbouring blocks with the next {@link #await} or flush. */
    void write(long lba, int blocks, boolean forced, int... words) {
        if (next + blocks > SLOTS) {
            await();
        }
        long offset = (long) next * BLOCK;
        long length = (long) blocks * BLOCK;
        next += blocks;
        buffer.segment().asSlice(offset, length).fill((byte) 0);
        for (int i = 0; i < words.length; i++) {
            buffer.segment().set(ValueLayout.JAVA_INT_UNALIGNED, offset + i * 4L, words[i]);
        }
        queue.command(
                new Command(NvmOpcode.WRITE.value())
                        .namespace(namespace)
                        .data(buffer, offset, length)
                        .cdw(10, (int) lba)
                        .cdw(12, blocks - 1 | (forced ? FUA : 0)),
                0);
    }

    /** Waits for all writes, and then flushes; or sends the Flush with them. */
    void flush(boolean atOnce, boolean ofAnother) {
        if (!atOnce) {
            await();
        }
        queue.flush(ofAnother ? other : namespace, 0);
        await();
    }

    void await() {
        while (queue.inFlight() > 0) {
            queue.process(
                    (tag, status, result) -> {
                        if (status != 0) {
                            throw new AssertionError("status " + status);
                        }
                    });
        }
        next = 0;
    }

    int[] read(long lba, int blocks) {
        queue.read(namespace, lba, blocks, buffer, 0, 0);
        await();
        int[] words = new int[blocks * BLOCK / 4];
        for (int i = 0; i < words.length; i++) {
            words[i] = buffer.segment().get(ValueLayout.JAVA_INT_UNALIGNED, i * 4L);
        }
        return words;
    }

    @Override
    public void close() {
        await();
        buffer.close();
        queue.close();
    }
}
