// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.memory;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A stack of small numbers, each in it once at most. Lock-free, and allocates nothing.
 *
 * <p>The head has a count of changes beside the number, so that a thread that was held up between
 * its look at the head and its change of it can't take an old head for the present one, when the
 * same number is on top again with another below it.
 */
final class IndexStack {
    /** In place of a number: the stack is empty, or there is none below. */
    static final int NONE = -1;

    private static final long NUMBER = 0xFFFF_FFFFL;
    private static final long ONE_CHANGE = NUMBER + 1;

    private final AtomicLong head = new AtomicLong(NUMBER);

    /* Of a number in the stack, the one below. Written by who has the number, before its push. */
    private final int[] below;

    /**
     * @param count numbers that there are, from 0 on
     */
    IndexStack(int count) {
        this.below = new int[count];
    }

    void push(int number) {
        long seen = head.get();
        below[number] = (int) seen;
        while (!head.compareAndSet(seen, changed(seen, number))) {
            seen = head.get();
            below[number] = (int) seen;
        }
    }

    /** Takes the last number, or answers {@link #NONE}. */
    int pop() {
        long seen = head.get();
        while ((int) seen != NONE && !head.compareAndSet(seen, changed(seen, below[(int) seen]))) {
            seen = head.get();
        }
        return (int) seen;
    }

    /** Takes all numbers. Returns the last, below which {@link #below} finds the others. */
    int popAll() {
        long seen = head.get();
        while (!head.compareAndSet(seen, changed(seen, NONE))) {
            seen = head.get();
        }
        return (int) seen;
    }

    /** The number that was below one when it was taken with all others. */
    int below(int number) {
        return below[number];
    }

    private static long changed(long seen, int number) {
        return (seen & ~NUMBER) + ONE_CHANGE | number & NUMBER;
    }
}
