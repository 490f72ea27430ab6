// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job.workload;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;

/** What a command does, by the names that fio's reports have. */
public enum Direction {
    READ(0),
    WRITE(1),
    /** Deallocates, by Dataset Management. */
    TRIM(2);

    private final int index;

    Direction(int index) {
        this.index = index;
    }

    /** The direction with that index. */
    public static Direction of(int index) {
        return switch (index) {
            case 0 -> READ;
            case 1 -> WRITE;
            default -> TRIM;
        };
    }

    /** A value for each direction. */
    public static <T> Map<Direction, T> each(Function<Direction, T> read) {
        Map<Direction, T> values = new EnumMap<>(Direction.class);
        for (Direction direction : values()) {
            values.put(direction, read.apply(direction));
        }
        return values;
    }

    /** Its place among three values, in the order in which fio's options have them. */
    public int index() {
        return index;
    }
}
