// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.load.place;

import java.util.ArrayList;
import java.util.List;

/** The zone of a region that commands go to now, of whatever direction. All in logical blocks. */
final class Stride {
    private final long regionBlocks;
    private final long step;
    private final long amount;
    private final List<Offsets> directions = new ArrayList<>();
    private long first;
    private long moved;

    /**
     * @param step from the beginning of a zone to that of the next
     * @param amount that is moved in a zone before the next one's turn
     */
    Stride(long regionBlocks, long step, long amount) {
        this.regionBlocks = regionBlocks;
        this.step = step;
        this.amount = amount;
    }

    /** What begins anew in each zone. */
    void add(Offsets direction) {
        directions.add(direction);
    }

    /** Its first block. */
    long first() {
        return first;
    }

    boolean isDone() {
        return moved >= amount;
    }

    /** Whether a place in it is one in the region: the last zone may reach beyond. */
    boolean has(long place, int blocks) {
        return first + place + blocks <= regionBlocks;
    }

    /** To the next zone; after the region's last one, to the first. */
    void goOn() {
        moved = 0;
        first = first + step < regionBlocks ? first + step : 0;
        directions.forEach(Offsets::restart);
    }

    void moved(int blocks) {
        moved += blocks;
    }
}
