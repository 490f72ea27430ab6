// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.load.place;

import io.nvme4j.cli.load.random.RandomNumbers;

/** Self-similar: the hottest fraction h of the places gets the fraction 1 - h of the visits. */
final class ParetoOffsets implements Offsets {
    private final double power;
    private final Slots slots;
    private final Scatter scatter;
    private final RandomNumbers random;

    ParetoOffsets(double h, Slots slots, Scatter scatter, RandomNumbers random) {
        this.power = Math.log(h) / Math.log(1 - h);
        this.slots = slots;
        this.scatter = scatter;
        this.random = random;
    }

    @Override
    public long next(int blocks) {
        long places = slots.count(blocks);
        long rank = (long) (places * Math.pow(random.fraction(), power));
        return scatter.place(Math.min(rank, places - 1), places) * slots.alignment();
    }
}
