// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job.option;

import io.nvme4j.cli.job.workload.Direction;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Values that are lists by direction: for reads, writes and trims, with commas between. The last
 * one stands for those that are left; an empty one leaves a direction as it was.
 */
public final class ByDirection {
    private static final Set<String> OPTIONS =
            Set.of(
                    "bs",
                    "bsrange",
                    "bssplit",
                    "ba",
                    "percentage_random",
                    "rate",
                    "rate_iops",
                    "rate_min",
                    "rate_iops_min");

    private ByDirection() {}

    /** The part that is for a direction; empty where that was left out. */
    static String part(Setting setting, Direction direction) {
        return part(setting.value(), direction);
    }

    public static String part(String value, Direction direction) {
        String[] parts = value.split(",", -1);
        return parts[Math.min(direction.index(), parts.length - 1)].strip();
    }

    /**
     * Checks that there is a value for each direction, or one at least.
     *
     * @throws IllegalArgumentException if not; the message names the option
     */
    static void check(Setting setting) {
        if (!OPTIONS.contains(setting.name())) {
            return;
        }
        String[] parts = setting.value().split(",", -1);
        if (parts.length > Direction.values().length) {
            throw setting.wrong("there are at most three values: for reads, writes and trims");
        }
        if (Arrays.stream(parts).allMatch(String::isBlank)) {
            throw setting.wrong("there is no value");
        }
    }

    /** The later setting, with the earlier one's values where its own are left out. */
    static Setting merge(Setting earlier, Setting later) {
        boolean isWhole =
                Stream.of(Direction.values()).noneMatch(each -> part(later, each).isEmpty());
        boolean isNothing =
                Stream.of(Direction.values()).allMatch(each -> part(later, each).isEmpty());
        if (!OPTIONS.contains(later.name()) || isWhole || isNothing) {
            return later;
        }
        String value =
                Stream.of(Direction.values())
                        .map(each -> part(part(later, each).isEmpty() ? earlier : later, each))
                        .collect(Collectors.joining(","));
        return new Setting(later.name(), value, later.origin());
    }
}
