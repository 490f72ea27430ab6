// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job;

import io.nvme4j.cli.job.option.Setting;
import io.nvme4j.cli.job.option.Settings;

import java.util.Optional;

/**
 * How a job runs and is reported together with others.
 *
 * @param stonewall whether it waits for all jobs before it to end
 * @param newGroup whether reporting begins a new group with it
 * @param exit which others end when it does
 * @param waitsFor name of a job before it, whose end it waits for
 * @param reportsGroup whether its copies, and the jobs of its group, are reported as one
 */
public record Grouping(
        boolean stonewall,
        boolean newGroup,
        Exit exit,
        Optional<String> waitsFor,
        boolean reportsGroup) {
    /** What the end of a job ends. */
    public enum Exit {
        /** Itself. */
        ALONE,
        /** Those of its reporting group. */
        GROUP,
        /** All that run. */
        STONEWALL,
        /** Those that would run later, too. */
        ALL
    }

    public static Grouping read(Settings settings) {
        Exit exit =
                settings.read(
                        "exit_what",
                        Exit.GROUP,
                        s ->
                                switch (s.value()) {
                                    case "group" -> Exit.GROUP;
                                    case "stonewall" -> Exit.STONEWALL;
                                    case "all" -> Exit.ALL;
                                    default -> throw s.wrong("it is group, stonewall or all");
                                });
        return new Grouping(
                settings.flag("stonewall", false),
                settings.flag("new_group", false),
                settings.flag("exitall", false) ? exit : Exit.ALONE,
                settings.find("wait_for").map(Setting::value),
                settings.flag("group_reporting", false));
    }
}
