// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.load.place;

import io.nvme4j.cli.load.random.RandomNumbers;

/** Every place alike, whether it was visited or not. */
final class UniformOffsets implements Offsets {
    private final Slots slots;
    private final RandomNumbers random;

    UniformOffsets(Slots slots, RandomNumbers random) {
        this.slots = slots;
        this.random = random;
    }

    @Override
    public long next(int blocks) {
        return random.below(slots.count(blocks)) * slots.alignment();
    }
}
