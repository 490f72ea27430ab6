// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.memory;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.IntPredicate;

/**
 * Which slices of a pool are free, out, or given back; by number. What is given back isn't free
 * before somebody has seen that no command uses it, which is done for many at once ({@link
 * #reclaim}). Lock-free, and allocates nothing.
 */
public final class SliceStates {
    /** In place of a number: no slice is free. */
    public static final int NONE = IndexStack.NONE;

    private static final int FREE = 0;
    private static final int OUT = 1;
    private static final int GIVEN_BACK = 2;

    private final AtomicIntegerArray states;
    private final IndexStack free;
    private final IndexStack givenBack;

    /** All are free. */
    public SliceStates(int count) {
        states = new AtomicIntegerArray(count);
        free = new IndexStack(count);
        givenBack = new IndexStack(count);
        for (int number = count - 1; number >= 0; number--) {
            free.push(number);
        }
    }

    /** Takes a slice out. Returns its number, or {@link #NONE}. */
    public int take() {
        int number = free.pop();
        if (number != NONE) {
            states.set(number, OUT);
        }
        return number;
    }

    /** Gives a slice back. Returns false if it isn't out. */
    public boolean giveBack(int number) {
        if (!states.compareAndSet(number, OUT, GIVEN_BACK)) {
            return false;
        }
        givenBack.push(number);
        return true;
    }

    /** Slices that are out. */
    public int out() {
        int count = 0;
        for (int number = 0; number < states.length(); number++) {
            count += states.get(number) == OUT ? 1 : 0;
        }
        return count;
    }

    /**
     * Takes those that were given back, to see which are used. Returns the first; {@link
     * #reclaim(int, IntPredicate)} goes on with that.
     */
    public int takeGivenBack() {
        return givenBack.popAll();
    }

    /**
     * Makes those free that nobody uses, of all that were taken; the others remain as they are.
     *
     * @param first what {@link #takeGivenBack} has returned
     * @param isUsed as seen after that
     * @return whether some are used
     */
    public boolean reclaim(int first, IntPredicate isUsed) {
        boolean someAreUsed = false;
        for (int number = first; number != NONE; ) {
            int next = givenBack.below(number); // a push writes another
            if (isUsed.test(number)) {
                someAreUsed = true;
                givenBack.push(number);
            } else {
                states.set(number, FREE);
                free.push(number);
            }
            number = next;
        }
        return someAreUsed;
    }
}
