// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.engine;

import io.nvme4j.internal.memory.AsymmetricFence;
import io.nvme4j.internal.wait.Backoff;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A reactor's rest, and what ends it early.
 *
 * <p>Falling asleep and waking up keep out of each other's way so: the reactor says that it sleeps,
 * and only then looks for work a last time; a publisher publishes, and only then looks whether the
 * reactor sleeps. With a fence between the two on both sides, one of them sees the other.
 */
public final class Idler {
    private static final int SPINS = 20;
    private static final long NAP_NANOS = 50_000;

    /** A sleep, which a publisher must end, is worth some tens of microseconds of looks. */
    private static final Backoff NAPPING = new Backoff(SPINS, 100, NAP_NANOS);

    private static final Backoff YIELDING =
            new Backoff(SPINS, Integer.MAX_VALUE - SPINS, NAP_NANOS);

    /** Rounds without work after which idle lanes are looked after. */
    private static final int ROUNDS_PER_LOOK = 1 << 16;

    /** A bound, as a queue pair wants to be processed now and then to notice that it has failed. */
    private static final long SLEEP_NANOS = 100_000_000;

    private final Manner manner;
    private volatile boolean asleep;
    private int rounds;

    private enum Manner {
        SPIN,
        YIELD,
        SLEEP
    }

    private Idler(Manner manner) {
        this.manner = manner;
    }

    /** One that never gives its processor away. */
    public static Idler spinning() {
        return new Idler(Manner.SPIN);
    }

    /** One that lets other threads run between looks, after a moment. */
    public static Idler yielding() {
        return new Idler(Manner.YIELD);
    }

    /** One that sleeps until something is published, after a moment. */
    public static Idler sleeping() {
        return new Idler(Manner.SLEEP);
    }

    /** There was something to do. */
    void reset() {
        rounds = 0;
    }

    /**
     * There was nothing to do. Called by the reactor's thread.
     *
     * @param polls whether it has to look again soon, as commands are in flight
     * @param hasWork looks a last time before a sleep
     * @return whether lanes that have nothing to do should be looked after
     */
    boolean rest(boolean polls, BooleanSupplier hasWork) {
        int vain = rounds++;
        if (manner == Manner.SPIN) {
            Thread.onSpinWait();
        } else if (manner == Manner.YIELD) {
            YIELDING.pause(vain);
        } else if (polls || !NAPPING.isOver(vain)) {
            NAPPING.pause(vain);
        } else {
            sleep(hasWork);
            return true;
        }
        return rounds % ROUNDS_PER_LOOK == 0;
    }

    private void sleep(BooleanSupplier hasWork) {
        if (fallAsleep(hasWork)) {
            LockSupport.parkNanos(this, SLEEP_NANOS);
        }
        asleep = false;
    }

    /** Returns whether there is nothing to do, and whoever brings something will see a sleeper. */
    boolean fallAsleep(BooleanSupplier hasWork) {
        asleep = true;
        AsymmetricFence.heavy();
        return !hasWork.getAsBoolean();
    }

    /** Whether somebody must be woken for what was published just now. */
    boolean isAsleep() {
        AsymmetricFence.light();
        return asleep;
    }

    /** Something was published: ends a sleep. Any thread. */
    void wake(Thread reactor) {
        if (manner == Manner.SLEEP && isAsleep()) {
            LockSupport.unpark(reactor);
        }
    }
}
