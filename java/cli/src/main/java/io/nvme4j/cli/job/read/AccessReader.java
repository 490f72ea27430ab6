// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job.read;

import io.nvme4j.cli.job.Access;
import io.nvme4j.cli.job.Distribution;
import io.nvme4j.cli.job.Places;
import io.nvme4j.cli.job.Strides;
import io.nvme4j.cli.job.option.Setting;
import io.nvme4j.cli.job.option.Settings;
import io.nvme4j.cli.job.option.Units;
import io.nvme4j.cli.job.workload.Direction;
import io.nvme4j.cli.job.workload.Workload;

import java.util.Arrays;
import java.util.Map;

/** Reads which I/O of a job goes where. */
final class AccessReader {
    private static final int DEFAULT_READ_PERCENTAGE = 50;

    private final Settings settings;

    AccessReader(Settings settings) {
        this.settings = settings;
    }

    Access access() {
        String[] rw = settings.text("rw", "read").split(":", 2);
        Workload workload = settings.read("rw", Workload.read, s -> workload(s, rw[0]));
        long modifier =
                rw.length < 2 ? 0 : settings.read("rw", 0L, s -> modifier(s, rw[1], workload));
        String sequencer = settings.text("rw_sequencer", "sequential");
        if (!sequencer.equals("sequential") && !sequencer.equals("identical")) {
            settings.wrong("rw_sequencer", "it is sequential or identical");
        }
        Map<Direction, Places> places = Direction.each(this::places);
        boolean mapped =
                !settings.flag("norandommap", false)
                        && places.values().stream().allMatch(Places::areAlike);
        return new Access(
                workload,
                workload.readPercentage(readPercentage()),
                modifier,
                sequencer.equals("identical"),
                places,
                Strides.read(settings),
                mapped,
                seed());
    }

    private Places places(Direction direction) {
        int base = settings.kiloBase();
        return new Places(
                settings.readPart("percentage_random", direction, 100, Units::percentage),
                distribution(direction),
                settings.readPart("ba", direction, 0L, (s, text) -> Units.bytes(s, text, base)));
    }

    private Distribution distribution(Direction direction) {
        Distribution distribution =
                settings.read(
                        "random_distribution",
                        Distribution.UNIFORM,
                        s -> Distribution.read(s, direction, settings.kiloBase()));
        boolean moves = settings.flag("random_sequence_stride", false);
        return moves ? distribution.moving() : distribution;
    }

    private static Workload workload(Setting setting, String text) {
        String name = text.strip().equals("readwrite") ? "rw" : text.strip();
        return Arrays.stream(Workload.values())
                .filter(workload -> workload.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                setting.wrong(
                                        "'"
                                                + text
                                                + "': expected one of "
                                                + Arrays.toString(Workload.values())));
    }

    private long modifier(Setting setting, String text, Workload workload) {
        boolean negative = text.strip().startsWith("-");
        if (negative && workload.isRandom()) {
            throw setting.wrong("this many I/Os go by before the next random offset: 1 or more");
        }
        String digits = negative ? text.strip().substring(1) : text;
        long bytes = Units.bytes(setting, digits, settings.kiloBase());
        return negative ? -bytes : bytes;
    }

    private int readPercentage() {
        int read =
                settings.read(
                        "rwmixread", DEFAULT_READ_PERCENTAGE, s -> Units.percentage(s, s.value()));
        return settings.read("rwmixwrite", read, s -> 100 - Units.percentage(s, s.value()));
    }

    private long seed() {
        boolean repeats = settings.flag("randrepeat", true) && settings.flag("allrandrepeat", true);
        long otherwise = repeats ? 1 : System.nanoTime();
        return settings.read("randseed", otherwise, s -> Units.bytes(s, s.value(), 1024));
    }
}
