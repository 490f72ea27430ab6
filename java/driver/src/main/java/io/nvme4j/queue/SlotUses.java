// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.queue;

import io.nvme4j.memory.ScatterGatherList;
import io.nvme4j.memory.map.MappedMemory;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Which memory the command in each slot uses. Written by the queue's thread; counted by whoever
 * closes memory ({@link io.nvme4j.memory.DmaMemory} tells how the two keep out of each other's
 * way).
 */
final class SlotUses {
    private static final VarHandle ELEMENTS = MethodHandles.arrayElementVarHandle(Object[].class);

    /** A {@link MappedMemory} or a {@link ScatterGatherList}. */
    private final @Nullable Object[] data;

    private final @Nullable Object[] metadata;

    SlotUses(int depth) {
        data = new Object[depth];
        metadata = new Object[depth];
    }

    void set(int slot, MappedMemory memory) {
        data[slot] = memory;
    }

    void set(int slot, ScatterGatherList list) {
        data[slot] = list;
    }

    void setMetadata(int slot, MappedMemory memory) {
        metadata[slot] = memory;
    }

    void clear(int slot) {
        data[slot] = null;
        metadata[slot] = null;
    }

    boolean isAlive(int slot) {
        return isAlive(data[slot]) && isAlive(metadata[slot]);
    }

    private static boolean isAlive(@Nullable Object user) {
        return switch (user) {
            case MappedMemory memory -> memory.isAlive();
            case ScatterGatherList list -> list.gather().isAlive();
            case null, default -> true;
        };
    }

    /** How many slots use a piece of memory. Any thread. */
    int count(MappedMemory one) {
        int uses = 0;
        for (int slot = 0; slot < data.length; slot++) {
            if (uses(ELEMENTS.getVolatile(data, slot), one)
                    || uses(ELEMENTS.getVolatile(metadata, slot), one)) {
                uses++;
            }
        }
        return uses;
    }

    private static boolean uses(@Nullable Object user, MappedMemory one) {
        return user == one || user instanceof ScatterGatherList list && list.gather().uses(one);
    }
}
