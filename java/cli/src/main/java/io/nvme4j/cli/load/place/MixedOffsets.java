// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.load.place;

import io.nvme4j.cli.load.random.RandomNumbers;

/** A percentage of the places at random, the others where the command before ended. */
final class MixedOffsets implements Offsets {
    private final Offsets atRandom;
    private final int randomPercentage;
    private final long regionBlocks;
    private final RandomNumbers random;
    private long end;

    MixedOffsets(Offsets atRandom, int randomPercentage, long regionBlocks, RandomNumbers random) {
        this.atRandom = atRandom;
        this.randomPercentage = randomPercentage;
        this.regionBlocks = regionBlocks;
        this.random = random;
    }

    @Override
    public void restart() {
        atRandom.restart();
        end = 0;
    }

    @Override
    public long next(int blocks) {
        boolean isRandom = random.below(100) < randomPercentage;
        long place = isRandom ? atRandom.next(blocks) : end + blocks > regionBlocks ? 0 : end;
        end = place + blocks;
        return place;
    }
}
