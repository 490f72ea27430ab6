// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.load.place;

import io.nvme4j.cli.load.random.RandomNumbers;

/** Gaussian around a center. What falls outside the region is drawn again. */
final class NormalOffsets implements Offsets {
    private final double deviation;
    private final double center;
    private final Slots slots;
    private final RandomNumbers random;

    /**
     * @param deviation standard deviation, as a fraction of the region
     * @param center as a fraction of the region
     */
    NormalOffsets(double deviation, double center, Slots slots, RandomNumbers random) {
        this.deviation = deviation;
        this.center = center;
        this.slots = slots;
        this.random = random;
    }

    @Override
    public long next(int blocks) {
        double fraction;
        do {
            fraction = center + deviation * gaussian();
        } while (fraction < 0 || fraction >= 1);
        long place = (long) (fraction * slots.count(blocks));
        return place * slots.alignment();
    }

    /** By Box and Muller. */
    private double gaussian() {
        double radius = Math.sqrt(-2 * Math.log(random.fraction()));
        return radius * Math.cos(2 * Math.PI * random.fraction());
    }
}
