// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run;

import io.nvme4j.Controller;
import io.nvme4j.QueuePairOptions;

/**
 * The slots of a queue whose commands wait in the queue pair ({@link QueuePairOptions#standby}), in
 * the order in which that submits them. On the hot path: allocates nothing.
 */
final class Standby {
    /**
     * What the buffers of commands on standby may take: larger transfers keep a device busy for so
     * long that it does not wait for the next of them.
     */
    private static final long MOST_BYTES = 1 << 20;

    private final int[] slots;
    private int head;
    private int count;

    private Standby(int capacity) {
        slots = new int[capacity];
    }

    static Standby none() {
        return new Standby(0);
    }

    /**
     * As many as replace all commands that complete together, where the controller works while its
     * queue pair isn't processed.
     *
     * @param depth commands in flight
     * @param bytesPerSlot of the queue's buffer
     */
    static Standby of(Controller controller, int depth, long bytesPerSlot) {
        return controller.isInline()
                ? none()
                : new Standby(Math.clamp(MOST_BYTES / bytesPerSlot, 1, depth));
    }

    /** Most commands on standby. */
    int capacity() {
        return slots.length;
    }

    int count() {
        return count;
    }

    /** The command in a slot is the last to be submitted. */
    void add(int slot) {
        slots[wrap(head + count++)] = slot;
    }

    /** Takes the slot whose command was submitted first. */
    int remove() {
        int slot = slots[head];
        head = wrap(head + 1);
        count--;
        return slot;
    }

    private int wrap(int index) {
        return index < slots.length ? index : index - slots.length;
    }
}
