// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec.feature;

/**
 * When a controller interrupts the host ("Interrupt Coalescing").
 *
 * @param threshold Aggregation Threshold (THR): completion queue entries, 1 to 256
 * @param time Aggregation Time (TIME): longest delay, in 100 microseconds, 0 to 255; 0 for none
 */
public record InterruptCoalescing(int threshold, int time) {
    private static final Field THRESHOLD = Field.zeroesBased("an Aggregation Threshold", 0, 8);
    private static final Field TIME = Field.of("an Aggregation Time", 8, 8);

    /** Checks that the fields can have both numbers. */
    public InterruptCoalescing {
        THRESHOLD.check(threshold);
        TIME.check(time);
    }

    static InterruptCoalescing of(int dword) {
        return new InterruptCoalescing(THRESHOLD.get(dword), TIME.get(dword));
    }

    int dword() {
        return THRESHOLD.put(threshold) | TIME.put(time);
    }
}
