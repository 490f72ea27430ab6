// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.load.random;

/** Pseudo-random numbers in a few instructions: xorshift64* (Vigna, 2014). Not thread-safe. */
public final class RandomNumbers {
    private static final long MULTIPLIER = 0x2545F4914F6CDD1DL;
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private long state;

    public RandomNumbers(long seed) {
        // Neighbouring seeds are spread, and 0 is no state of this generator.
        long spread = (seed ^ seed >>> 30) * GOLDEN_GAMMA;
        this.state = spread == 0 ? GOLDEN_GAMMA : spread;
    }

    /** Any 64 bits but all zeros. */
    public long next() {
        state ^= state >>> 12;
        state ^= state << 25;
        state ^= state >>> 27;
        return state * MULTIPLIER;
    }

    /**
     * A number from 0 to {@code bound - 1}: the upper half of a 128-bit product, which costs one
     * multiplication where a remainder would cost a division. The bias is less than bound / 2^64.
     */
    public long below(long bound) {
        return Math.unsignedMultiplyHigh(next(), bound);
    }

    /** A number from 0 to 1, neither of them itself. */
    public double fraction() {
        return ((next() >>> 11) + 0.5) * 0x1p-53;
    }
}
