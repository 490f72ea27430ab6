// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.load.place;

import io.nvme4j.cli.load.random.RandomNumbers;

/**
 * Zipf's distribution: the place of rank k, from 1, is visited in proportion to k^-theta. By
 * rejection-inversion (Hoermann and Derflinger, 1996), which is exact for every theta above 0 and
 * needs no table, however large the region.
 */
final class ZipfOffsets implements Offsets {
    private final double theta;
    private final Slots slots;
    private final Scatter scatter;
    private final RandomNumbers random;

    /* Of the number of places that they were worked out for. */
    private long count;
    private double integralOfFirst;
    private double integralOfLast;
    private double squeeze;

    ZipfOffsets(double theta, Slots slots, Scatter scatter, RandomNumbers random) {
        this.theta = theta;
        this.slots = slots;
        this.scatter = scatter;
        this.random = random;
    }

    @Override
    public long next(int blocks) {
        long places = slots.count(blocks);
        if (places != count) {
            workOut(places);
        }
        return scatter.place(rank() - 1, places) * slots.alignment();
    }

    private void workOut(long places) {
        count = places;
        integralOfFirst = integral(1.5) - 1;
        integralOfLast = integral(places + 0.5);
        squeeze = 2 - inverse(integral(2.5) - weight(2));
    }

    /** From 1 to the number of places. */
    private long rank() {
        while (true) {
            double u = integralOfLast + random.fraction() * (integralOfFirst - integralOfLast);
            double x = inverse(u);
            long k = Math.clamp((long) (x + 0.5), 1, count);
            if (k - x <= squeeze || u >= integral(k + 0.5) - weight((double) k)) {
                return k;
            }
        }
    }

    private double weight(double x) {
        return Math.exp(-theta * Math.log(x));
    }

    /** Of x^-theta: (x^(1-theta) - 1) / (1 - theta), whose limit at 1 is the logarithm. */
    private double integral(double x) {
        double log = Math.log(x);
        double t = (1 - theta) * log;
        return (Math.abs(t) > 1e-8 ? Math.expm1(t) / t : 1 + t / 2) * log;
    }

    private double inverse(double y) {
        double t = Math.max(y * (1 - theta), -1);
        return Math.exp((Math.abs(t) > 1e-8 ? Math.log1p(t) / t : 1 - t / 2) * y);
    }
}
