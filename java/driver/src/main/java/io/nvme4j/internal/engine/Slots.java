// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.engine;

import io.nvme4j.CompletionHandler;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * Who waits for the command in each slot of a lane's queue pair, and until when. The reactor's
 * alone.
 */
final class Slots {
    /** In the place of a sequence: nobody waits, and the handler is a former one. */
    private static final long NOBODY = -1;

    private final @Nullable CompletionHandler[] handlers;
    private final long[] tags;
    private final long[] sequences;
    private final long[] deadlines;

    /** Slots with a deadline, and a time before which none of them passes. */
    private int limited;

    private long earliest;

    Slots(int depth) {
        handlers = new CompletionHandler[depth];
        tags = new long[depth];
        sequences = new long[depth];
        Arrays.fill(sequences, NOBODY);
        deadlines = new long[depth];
    }

    @SuppressWarnings("ReferenceEquality") // to write less
    void take(int slot, CompletionHandler handler, long tag, long sequence, long deadline) {
        if (handlers[slot] != handler) { // mostly it is; a reference costs more than a number
            handlers[slot] = handler;
        }
        tags[slot] = tag;
        sequences[slot] = sequence;
        deadlines[slot] = deadline;
        if (deadline != 0) {
            earliest = limited++ == 0 || deadline - earliest < 0 ? deadline : earliest;
        }
    }

    /**
     * Ends the wait for a slot.
     *
     * @return who waited; null where nobody does any more
     */
    @Nullable CompletionHandler release(int slot) {
        if (sequences[slot] == NOBODY) {
            return null;
        }
        sequences[slot] = NOBODY;
        if (deadlines[slot] != 0) {
            deadlines[slot] = 0;
            limited--;
        }
        return handlers[slot];
    }

    /** Who waits for a slot; null where nobody does any more. */
    @Nullable CompletionHandler waiting(int slot) {
        return sequences[slot] == NOBODY ? null : handlers[slot];
    }

    long tag(int slot) {
        return tags[slot];
    }

    int count() {
        return handlers.length;
    }

    boolean hasDeadlines() {
        return limited > 0;
    }

    /** Whether a deadline may have passed; {@link #nextExpired} tells which. */
    boolean mayHaveExpired(long now) {
        return limited > 0 && now - earliest >= 0;
    }

    /** A slot, from this one on, whose deadline has passed; or {@link #count()}. */
    int nextExpired(int from, long now) {
        int slot = from;
        while (slot < deadlines.length && (deadlines[slot] == 0 || now - deadlines[slot] < 0)) {
            slot++;
        }
        return slot;
    }

    /** Looks anew for the earliest deadline. */
    void findEarliest() {
        boolean found = false;
        for (long deadline : deadlines) {
            if (deadline != 0 && (!found || deadline - earliest < 0)) {
                earliest = deadline;
                found = true;
            }
        }
    }

    /** A slot, from this one on, that somebody waits for by this sequence; or {@link #count()}. */
    int find(int from, long sequence) {
        int slot = from;
        while (slot < sequences.length && sequences[slot] != sequence) {
            slot++;
        }
        return slot;
    }
}
