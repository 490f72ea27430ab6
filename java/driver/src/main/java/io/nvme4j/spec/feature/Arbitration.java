// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec.feature;

/**
 * How a controller takes commands from several queues ("Arbitration").
 *
 * @param burst Arbitration Burst (AB): the power of two of how many commands it takes from a queue
 *     at once, 0 to 6; 7 for no limit
 * @param lowPriorityWeight Low Priority Weight (LPW), in commands, 1 to 256
 * @param mediumPriorityWeight Medium Priority Weight (MPW), in commands, 1 to 256
 * @param highPriorityWeight High Priority Weight (HPW), in commands, 1 to 256
 */
public record Arbitration(
        int burst, int lowPriorityWeight, int mediumPriorityWeight, int highPriorityWeight) {
    private static final Field BURST = Field.of("an Arbitration Burst", 0, 3);
    private static final Field LOW = Field.zeroesBased("a Low Priority Weight", 8, 8);
    private static final Field MEDIUM = Field.zeroesBased("a Medium Priority Weight", 16, 8);
    private static final Field HIGH = Field.zeroesBased("a High Priority Weight", 24, 8);

    /** Checks that each field can have its value. */
    public Arbitration {
        BURST.check(burst);
        LOW.check(lowPriorityWeight);
        MEDIUM.check(mediumPriorityWeight);
        HIGH.check(highPriorityWeight);
    }

    static Arbitration of(int dword) {
        return new Arbitration(
                BURST.get(dword), LOW.get(dword), MEDIUM.get(dword), HIGH.get(dword));
    }

    int dword() {
        return BURST.put(burst)
                | LOW.put(lowPriorityWeight)
                | MEDIUM.put(mediumPriorityWeight)
                | HIGH.put(highPriorityWeight);
    }
}
