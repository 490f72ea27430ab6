// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.wait;

/**
 * A wait for another thread that is about to go on: looks come one upon the other at first, and
 * later the processor is given away before each, as the other may need it where threads outnumber
 * processors. Of one thread, for one wait.
 */
public final class SpinWait {
    /** Looks before the processor is given away. */
    static final int SPINS = 200;

    private final Runnable giveAway;
    private int looks;

    @SuppressWarnings("ThreadPriorityCheck") // yielding is what helps
    public SpinWait() {
        this(Thread::yield);
    }

    /**
     * @param giveAway gives the processor away
     */
    SpinWait(Runnable giveAway) {
        this.giveAway = giveAway;
    }

    /** A look was in vain. */
    public void pause() {
        if (looks < SPINS) {
            looks++;
            Thread.onSpinWait();
        } else {
            giveAway.run();
        }
    }
}
