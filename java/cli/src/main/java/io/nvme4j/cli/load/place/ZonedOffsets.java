// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.load.place;

import io.nvme4j.cli.load.random.RandomNumbers;

/** Zones, each with its share of the visits, and alike inside a zone. */
final class ZonedOffsets implements Offsets {
    /** Zone by percent: {@code byPercent[p]} is the zone of the p-th percent of the visits. */
    private final int[] byPercent = new int[100];

    /** First block of each zone, and the end of the last. */
    private final long[] starts;

    private final Slots slots;
    private final RandomNumbers random;

    /**
     * @param accesses percentages of the visits, 100 together
     * @param starts first block of each zone, and the end of the last
     */
    ZonedOffsets(int[] accesses, long[] starts, Slots slots, RandomNumbers random) {
        int percent = 0;
        for (int zone = 0; zone < accesses.length; zone++) {
            for (int i = 0; i < accesses[zone]; i++) {
                byPercent[percent++] = zone;
            }
        }
        this.starts = starts;
        this.slots = slots;
        this.random = random;
    }

    @Override
    public long next(int blocks) {
        int zone = byPercent[(int) random.below(100)];
        long alignment = slots.alignment();
        long first = (starts[zone] + alignment - 1) / alignment;
        long last = Math.max(first, (starts[zone + 1] - 1) / alignment);
        long latest = slots.count(blocks) - 1;
        return Math.min(first + random.below(last - first + 1), latest) * alignment;
    }
}
