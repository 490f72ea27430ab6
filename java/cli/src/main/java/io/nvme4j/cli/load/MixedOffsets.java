// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.load;

/** A percentage of the places at random, the others one after the other. */
final class MixedOffsets implements Offsets {
    private final Offsets atRandom;
    private final Offsets sequential;
    private final int randomPercentage;
    private final RandomNumbers random;

    MixedOffsets(Offsets atRandom, Offsets sequential, int randomPercentage, RandomNumbers random) {
        this.atRandom = atRandom;
        this.sequential = sequential;
        this.randomPercentage = randomPercentage;
        this.random = random;
    }

    @Override
    public long next(int blocks) {
        return random.below(100) < randomPercentage
                ? atRandom.next(blocks)
                : sequential.next(blocks);
    }
}
