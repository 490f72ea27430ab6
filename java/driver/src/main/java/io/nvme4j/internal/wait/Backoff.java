// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.wait;

import java.util.concurrent.locks.LockSupport;

/**
 * How a thread waits that looks again and again. Looks come one upon the other at first, as the
 * other thread mostly needs microseconds; then the processor is given away before each, as the
 * other may be waiting for just that where threads outnumber processors; and at last the thread
 * naps between looks, as it may take long. Immutable: who waits counts its looks.
 */
public final class Backoff {
    private final int spins;
    private final int looks;
    private final long napNanos;

    /**
     * @param spins looks one upon the other
     * @param yields further looks, before each of which the processor is given away
     * @param napNanos between looks after these, in nanoseconds
     */
    public Backoff(int spins, int yields, long napNanos) {
        assert spins >= 0 && yields >= 0 && napNanos > 0;
        this.spins = spins;
        this.looks = spins + yields;
        this.napNanos = napNanos;
    }

    /** Whether a thread that has looked so often in vain has reason to sleep. */
    public boolean isOver(int vain) {
        return vain >= looks;
    }

    /**
     * Waits for a moment after a look that was in vain.
     *
     * @param vain looks in vain before that
     */
    @SuppressWarnings("ThreadPriorityCheck") // yielding is what helps
    public void pause(int vain) {
        if (vain < spins) {
            Thread.onSpinWait();
        } else if (vain < looks) {
            Thread.yield();
        } else {
            LockSupport.parkNanos(this, napNanos);
        }
    }
}
