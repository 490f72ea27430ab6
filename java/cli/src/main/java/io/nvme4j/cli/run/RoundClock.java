// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run;

/**
 * The time of a queue's rounds: read once in each that has reaped something, and now and then in
 * others, so that the next look comes sooner.
 */
final class RoundClock {
    /** Rounds without a completion after which the clock is read all the same. */
    private static final int ROUNDS_PER_READING = 16;

    private long now = System.nanoTime();
    private long lastCompletion;
    private int idleRounds;

    /** Reads the clock: something has completed. */
    long readAtCompletion() {
        now = System.nanoTime();
        lastCompletion = now;
        return now;
    }

    /** Whether the clock was read, as it is wanted, or was not for so long. */
    boolean readWhenIdle(boolean isWanted) {
        boolean reads = isWanted || ++idleRounds % ROUNDS_PER_READING == 0;
        if (reads) {
            now = System.nanoTime();
        }
        return reads;
    }

    /** The last reading, on {@link System#nanoTime}'s scale. */
    long now() {
        return now;
    }

    /** When the last command completed, on the same scale; 0 if none has. */
    long lastCompletion() {
        return lastCompletion;
    }
}
