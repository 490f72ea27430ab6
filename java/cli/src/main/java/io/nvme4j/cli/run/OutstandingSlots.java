// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run;

import java.util.function.IntPredicate;

/**
 * What a queue has outstanding: a slot for each command, in flight or on standby, from its choice
 * until its completion has been dealt with. A command's tag is its slot. On the hot path: allocates
 * nothing.
 */
final class OutstandingSlots {
    /* What a slot knows of its command lies side by side, so that a command touches one cache line. */
    private static final int WORDS_SHIFT = 2;
    private static final int SUBMISSION = 0;
    private static final int INTENDED_START = 1;
    private static final int STARTING_LBA = 2;
    private static final int KIND_AND_BLOCKS = 3;

    private final int depth;
    private final int batch;
    private final Standby standby;
    private final boolean hasStandby;
    private final long[] words;

    /* Slots without a command: a stack. Those that this round has reaped are on top. */
    private final int[] free;
    private int freeCount;
    private int freeBefore;
    private int reserve;

    /**
     * @param depth commands in flight at most; all others are on standby
     * @param batch how many places in the queue are free before commands are issued
     */
    OutstandingSlots(int depth, int batch, Standby standby) {
        this.depth = depth;
        this.batch = batch;
        this.standby = standby;
        this.hasStandby = standby.capacity() > 0;
        int slots = depth + standby.capacity();
        this.words = new long[slots << WORDS_SHIFT];
        this.free = new int[slots];
        while (freeCount < slots) {
            free[freeCount++] = slots - freeCount;
        }
    }

    /** Commands that are outstanding at most. */
    int capacity() {
        return free.length;
    }

    /** Commands that are in flight or on standby. */
    int count() {
        return free.length - freeCount;
    }

    /** Commands that are in flight. */
    int inFlight() {
        return Math.min(depth, count());
    }

    /** Lets no more than so many commands be in flight from now on, at most the depth. */
    void use(int wanted) {
        assert wanted >= 1 && wanted <= depth;
        reserve = depth - wanted;
    }

    /** Whether so many places are free that commands are to be issued. */
    boolean isTimeToIssue() {
        return freeCount >= Math.min(reserve + batch, free.length);
    }

    boolean hasRoom() {
        return freeCount > reserve;
    }

    /** A slot for a command. */
    int take() {
        assert freeCount > 0 : "no slot is free";
        return free[--freeCount];
    }

    /** A command is prepared in a slot that was taken. */
    void put(int slot, int kind, long startingLba, int blocks, long now) {
        int at = slot << WORDS_SHIFT;
        words[at + SUBMISSION] = now;
        words[at + STARTING_LBA] = startingLba;
        words[at + KIND_AND_BLOCKS] = (long) kind << Integer.SIZE | blocks;
        if (hasStandby && count() > depth) {
            standby.add(slot);
        }
    }

    /** When the command of a slot should have started, where that is not when it was submitted. */
    void intendedStart(int slot, long time) {
        words[(slot << WORDS_SHIFT) + INTENDED_START] = time;
    }

    /** A round begins: what completes from now on is its own. */
    void beginRound() {
        freeBefore = freeCount;
    }

    /** The command of a slot has completed. */
    void complete(int slot) {
        assert freeCount < free.length : "a slot was free already";
        free[freeCount++] = slot;
    }

    /** Commands that this round has reaped. */
    int reaped() {
        return freeCount - freeBefore;
    }

    /** The slot of the first, second and so on of these. */
    int reaped(int index) {
        return free[freeBefore + index];
    }

    /** Commands that were in flight as the round began. */
    int polled() {
        return Math.min(depth, free.length - freeBefore);
    }

    /** Takes those of the reaped slots that have another command at once. */
    void reuse(IntPredicate hasAnother) {
        int kept = freeBefore;
        for (int i = freeBefore; i < freeCount; i++) {
            int slot = free[i];
            if (!hasAnother.test(slot)) {
                free[kept++] = slot;
            }
        }
        freeCount = kept;
    }

    /** Commands that were on standby have taken the places of those that have completed. */
    void relieve(long now) {
        int waiting = Math.max(0, count() - depth);
        while (standby.count() > waiting) {
            words[(standby.remove() << WORDS_SHIFT) + SUBMISSION] = now;
        }
    }

    long submission(int slot) {
        return words[(slot << WORDS_SHIFT) + SUBMISSION];
    }

    long intendedStart(int slot) {
        return words[(slot << WORDS_SHIFT) + INTENDED_START];
    }

    long startingLba(int slot) {
        return words[(slot << WORDS_SHIFT) + STARTING_LBA];
    }

    int blocks(int slot) {
        return (int) words[(slot << WORDS_SHIFT) + KIND_AND_BLOCKS];
    }

    /** What its command is for, one of {@link Kind}. */
    int kind(int slot) {
        return (int) (words[(slot << WORDS_SHIFT) + KIND_AND_BLOCKS] >> Integer.SIZE);
    }

    /** The command of a slot has failed. */
    void fail(int slot) {
        words[(slot << WORDS_SHIFT) + KIND_AND_BLOCKS] =
                (long) Kind.FAILED << Integer.SIZE | blocks(slot);
    }
}
