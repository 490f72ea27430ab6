// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.queue;

import io.nvme4j.internal.map.MappedMemory;
import io.nvme4j.internal.memory.Lists;
import io.nvme4j.memory.ScatterGatherList;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;

/**
 * Knows which memory the command in each slot uses. The queue's thread writes it; whoever closes
 * memory counts it ({@link io.nvme4j.internal.memory.Closings} tells how the two keep out of each
 * other's way).
 */
final class SlotUses {
    private static final VarHandle STATES = MethodHandles.arrayElementVarHandle(int[].class);

    private static final int FREE = 0;

    /** The slot has a command by itself, whose data are in one piece of memory. */
    private static final int ALONE = 1;

    /** The slot has a part of a transfer by list. */
    private static final int PART = 2;

    /** A slot is FREE where what the other arrays hold is of a command that has completed. */
    private final int[] states;

    /** Each is a {@link MappedMemory} or a {@link ScatterGatherList}. */
    private final @Nullable Object[] data;

    private final @Nullable Object[] metadata;

    SlotUses(int depth) {
        states = new int[depth];
        data = new Object[depth];
        metadata = new Object[depth];
    }

    void set(int slot, MappedMemory memory) {
        // Mostly it is there from the slot's last command: a reference costs more than a number.
        if (data[slot] != memory) {
            data[slot] = memory;
        }
        STATES.setRelease(states, slot, ALONE);
    }

    /** Takes note of a part of a transfer. */
    void setPart(int slot, ScatterGatherList list) {
        data[slot] = list;
        STATES.setRelease(states, slot, PART);
    }

    /** Takes note of a part whose data go through a bounce buffer. */
    void setPart(int slot, MappedMemory bounce) {
        data[slot] = bounce;
        STATES.setRelease(states, slot, PART);
    }

    /** Takes note of metadata that a part has apart, once its data are set. */
    void setMetadata(int slot, MappedMemory memory) {
        metadata[slot] = memory;
        STATES.setRelease(states, slot, PART);
    }

    /**
     * Takes note that the command uses nothing any more.
     *
     * @return whether it was part of a transfer
     */
    boolean clear(int slot) {
        boolean isPart = states[slot] == PART;
        if (isPart) {
            data[slot] = null; // It may hold much of the caller's.
            metadata[slot] = null;
        }
        // A plain store, as one with an order costs 2 ns: it can't come before the completion was
        // read, which told the slot, and others see it by the next native call.
        states[slot] = FREE;
        return isPart;
    }

    /**
     * Tells whether what the command uses has not been closed. A command without data uses nothing.
     */
    boolean isAlive(int slot) {
        return switch (states[slot]) {
            case FREE -> true;
            case ALONE -> isAlive(data[slot]);
            default -> isAlive(data[slot]) && isAlive(metadata[slot]);
        };
    }

    private static boolean isAlive(@Nullable Object user) {
        return switch (user) {
            case MappedMemory memory -> memory.isAlive();
            case ScatterGatherList list -> Lists.gather(list).isAlive();
            case null, default -> true;
        };
    }

    /** Counts the slots that use a piece of memory. Any thread may ask. */
    int count(MappedMemory one) {
        int uses = 0;
        for (int slot = 0; slot < data.length; slot++) {
            int state = (int) STATES.getAcquire(states, slot);
            if (state != FREE && uses(data[slot], one)
                    || state == PART && uses(metadata[slot], one)) {
                uses++;
            }
        }
        return uses;
    }

    /** Tells of each piece of memory that a slot uses, at least once. Any thread may ask. */
    void forEach(Consumer<MappedMemory> found) {
        for (int slot = 0; slot < data.length; slot++) {
            int state = (int) STATES.getAcquire(states, slot);
            if (state != FREE) {
                tell(data[slot], found);
            }
            if (state == PART) {
                tell(metadata[slot], found);
            }
        }
    }

    private static void tell(@Nullable Object user, Consumer<MappedMemory> found) {
        switch (user) {
            case MappedMemory memory -> found.accept(memory);
            case ScatterGatherList list -> Lists.gather(list).forEachMemory(found);
            case null, default -> {}
        }
    }

    private static boolean uses(@Nullable Object user, MappedMemory one) {
        return user == one
                || user instanceof ScatterGatherList list && Lists.gather(list).uses(one);
    }
}
