// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.load;

import io.nvme4j.cli.job.BlockSizes;
import io.nvme4j.cli.load.random.RandomNumbers;

/** How many logical blocks each command moves. */
final class Lengths {
    private static final int[] NONE = {};

    private final int smallest;
    private final int choices;
    private final int[] byPercent;
    private final RandomNumbers random;

    Lengths(BlockSizes sizes, int blockSize, RandomNumbers random) {
        this.smallest = (int) (sizes.smallest() / blockSize);
        this.choices = sizes.split().isEmpty() ? (int) (sizes.largest() / sizes.smallest()) : 1;
        this.byPercent = sizes.split().isEmpty() ? NONE : byPercent(sizes, blockSize);
        this.random = random;
    }

    private static int[] byPercent(BlockSizes sizes, int blockSize) {
        int[] lengths = new int[100];
        int percent = 0;
        for (BlockSizes.Share share : sizes.split()) {
            for (int i = 0; i < share.percentage(); i++) {
                lengths[percent++] = (int) (share.bytes() / blockSize);
            }
        }
        return lengths;
    }

    /** Of the next command, which has room for so many. */
    int next(long room) {
        int length = next();
        while (length > room) {
            length = next();
        }
        return length;
    }

    private int next() {
        if (byPercent.length > 0) {
            return byPercent[(int) random.below(100)];
        }
        return choices == 1 ? smallest : smallest * (1 + (int) random.below(choices));
    }
}
