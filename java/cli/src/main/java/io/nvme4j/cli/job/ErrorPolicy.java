// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job;

import io.nvme4j.cli.job.option.Setting;
import io.nvme4j.cli.job.workload.Direction;

import java.util.EnumSet;
import java.util.Set;

/**
 * Which failed commands do not end the run.
 *
 * @param tolerated directions whose commands may fail
 * @param toleratesWrongData whether blocks may fail their verification
 * @param every so many errors of a job, one is told
 */
public record ErrorPolicy(Set<Direction> tolerated, boolean toleratesWrongData, int every) {
    /** The first one ends the run. */
    public static final ErrorPolicy STRICT =
            new ErrorPolicy(EnumSet.noneOf(Direction.class), false, 1);

    public static ErrorPolicy read(Setting setting) {
        Set<Direction> none = EnumSet.noneOf(Direction.class);
        Set<Direction> both = EnumSet.of(Direction.WRITE, Direction.TRIM);
        return switch (setting.value()) {
            case "0", "none" -> STRICT;
            case "read" -> new ErrorPolicy(EnumSet.of(Direction.READ), false, 1);
            case "write" -> new ErrorPolicy(both, false, 1);
            case "io" -> new ErrorPolicy(EnumSet.allOf(Direction.class), false, 1);
            case "verify" -> new ErrorPolicy(none, true, 1);
            case "1", "all" -> new ErrorPolicy(EnumSet.allOf(Direction.class), true, 1);
            default -> throw setting.wrong("it is one of none, read, write, io, verify and all");
        };
    }
}
