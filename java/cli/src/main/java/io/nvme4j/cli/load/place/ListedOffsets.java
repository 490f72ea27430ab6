// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.load.place;

/**
 * Places that are listed, over and over: at the same places, or each time behind the last time's,
 * to the end of the region and again from its beginning.
 */
final class ListedOffsets implements Offsets {
    private final long[] sequence;
    private final boolean moves;
    private final Slots slots;
    private int index;
    private long base;

    ListedOffsets(long[] sequence, boolean moves, Slots slots) {
        this.sequence = sequence;
        this.moves = moves;
        this.slots = slots;
    }

    @Override
    public void restart() {
        index = 0;
        base = 0;
    }

    @Override
    public long next(int blocks) {
        if (base + sequence[index] >= slots.count(blocks)) {
            base = 0;
        }
        long place = (base + sequence[index]) * slots.alignment();
        if (++index == sequence.length) {
            index = 0;
            base += moves ? sequence.length : 0;
        }
        return place;
    }
}
