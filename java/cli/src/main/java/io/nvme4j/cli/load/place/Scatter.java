// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.load.place;

/**
 * Spreads ranks over places, so that neighbouring ranks are far apart: rank times a prime, modulo
 * the number of places, which is one-to-one as the prime doesn't divide that. Or lets them lie in
 * order from a place on.
 */
final class Scatter {
    /* Primes near 2^22: a product with any rank below 2^41 is a long. */
    private static final long[] PRIMES = {4_194_301, 4_194_287};

    private final double center;

    /**
     * @param center where rank 0 is, as a fraction of the places, or -1 to spread the ranks
     */
    Scatter(double center) {
        this.center = center;
    }

    long place(long rank, long count) {
        if (center < 0) {
            long prime = count % PRIMES[0] == 0 ? PRIMES[1] : PRIMES[0];
            return rank * prime % count;
        }
        long place = rank + (long) (center * (count - 1));
        return place >= count ? place - count : place;
    }
}
