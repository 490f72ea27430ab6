// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.peers;

import io.nvme4j.Command;
import io.nvme4j.Controller;
import io.nvme4j.Namespace;
import io.nvme4j.QueuePair;
import io.nvme4j.memory.DmaBuffer;

import java.lang.foreign.ValueLayout;

/** One of the controllers that are given the same commands, one at a time. */
final class Side implements AutoCloseable {
    /** The library has not given the command to the controller. */
    static final int REFUSED = -1;

    /** SCT and SC, without what says whether to retry and whether there is more to know. */
    private static final int STATUS_CODE = 0x7FF;

    private static final int ROOM = 1 << 16;

    private final Controller controller;
    private final Namespace namespace;
    private final QueuePair queue;
    private final DmaBuffer buffer;
    private int status;

    Side(String id) {
        controller = Controller.attach(id);
        namespace = controller.namespace(1);
        queue = controller.queuePair(4);
        buffer = controller.allocate(ROOM);
    }

    long blocks() {
        return namespace.blocks();
    }

    /** SCT and SC of the completion, or {@link #REFUSED}. */
    int give(Wish wish) {
        wish.fill(buffer.segment());
        try {
            return wish.isAdmin() ? admin(wish) : io(wish);
        } catch (IllegalArgumentException e) {
            return REFUSED;
        }
    }

    private int admin(Wish wish) {
        Command command = wish.command(namespace);
        if (wish.bytes() > 0) {
            command.data(buffer, 0, wish.bytes());
        }
        return controller.admin().execute(command).status().field() & STATUS_CODE;
    }

    private int io(Wish wish) {
        Command command = wish.command(namespace);
        if (wish.bytes() > 0) {
            command.data(buffer, 0, wish.bytes());
        }
        queue.command(command, 0);
        await();
        return status & STATUS_CODE;
    }

    private void await() {
        while (queue.process((tag, now, result) -> status = now) == 0) {
            Thread.onSpinWait();
        }
    }

    /** What a command that reads has brought. */
    byte[] data(Wish wish) {
        return buffer.segment().asSlice(0, wish.bytes()).toArray(ValueLayout.JAVA_BYTE);
    }

    /** Makes all blocks zero that commands are on. */
    void clear() {
        buffer.segment().fill((byte) 0);
        int blocks = ROOM / namespace.blockSize();
        for (long lba = 0; lba < Wishes.FIRST_BLOCKS; lba += blocks) {
            write(lba, blocks);
        }
        write(namespace.blocks() - 2L * blocks, blocks);
        write(namespace.blocks() - blocks, blocks);
    }

    private void write(long lba, int blocks) {
        queue.write(namespace, lba, blocks, buffer, 0, 0);
        await();
        if (status != 0) {
            throw new AssertionError("a write has failed: " + Integer.toHexString(status));
        }
    }

    @Override
    public void close() {
        queue.close();
        buffer.close();
        controller.close();
    }
}
