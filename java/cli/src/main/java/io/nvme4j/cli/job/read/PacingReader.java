// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job.read;

import io.nvme4j.cli.job.Access;
import io.nvme4j.cli.job.Pacing;
import io.nvme4j.cli.job.option.Settings;
import io.nvme4j.cli.job.option.Units;
import io.nvme4j.cli.job.workload.Direction;

import org.jspecify.annotations.Nullable;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** Reads rates and think times. */
final class PacingReader {
    private static final long MILLISECOND = 1_000_000;

    private final Settings settings;
    private final Access access;

    PacingReader(Settings settings, Access access) {
        this.settings = settings;
        this.access = access;
    }

    Pacing pacing() {
        if (settings.has("rate") && settings.has("rate_iops")) {
            settings.wrong("rate", "this is a second rate beside rate_iops: give one of them");
        }
        if (settings.has("rate_min") && settings.has("rate_iops_min")) {
            settings.wrong("rate_min", "this is a second rate beside rate_iops_min: give one");
        }
        Map<Direction, Pacing.Rate> rates = rates("rate", "rate_iops");
        addTotal(rates);
        Map<Direction, Pacing.Rate> minimums = rates("rate_min", "rate_iops_min");
        minimums.forEach((direction, minimum) -> checkMinimum(minimum, rates.get(direction)));
        String process = settings.text("rate_process", "linear");
        if (!process.equals("linear") && !process.equals("poisson")) {
            settings.wrong("rate_process", "it is linear or poisson");
        }
        String type = settings.text("thinktime_blocks_type", "complete");
        if (!type.equals("complete") && !type.equals("issue")) {
            settings.wrong("thinktime_blocks_type", "it is complete or issue");
        }
        return new Pacing(
                rates,
                process.equals("poisson"),
                minimums,
                settings.time("rate_cycle", Units.SECOND, MILLISECOND),
                settings.time("thinktime", 0, Units.MICROSECOND),
                settings.integer("thinktime_blocks", 1, 1, "at least 1"),
                flow());
    }

    private Optional<Pacing.Flow> flow() {
        int weight = settings.integer("flow", 0, 0, "this is 0, for none, or a weight");
        Pacing.Flow flow =
                new Pacing.Flow(
                        settings.integer("flow_id", 0, 0, "a flow has a number of 0 or more"),
                        weight,
                        settings.time("flow_sleep", 0, Units.MICROSECOND));
        return weight == 0 ? Optional.empty() : Optional.of(flow);
    }

    private Map<Direction, Pacing.Rate> rates(String ofBytes, String ofCommands) {
        Map<Direction, Pacing.Rate> rates = new EnumMap<>(Direction.class);
        for (Direction direction : Direction.values()) {
            if (access.workload().has(direction)) {
                addRate(rates, direction, ofBytes, true);
                addRate(rates, direction, ofCommands, false);
            }
        }
        return rates;
    }

    private void checkMinimum(Pacing.Rate minimum, Pacing.@Nullable Rate rate) {
        if (rate != null
                && rate.ofBytes() == minimum.ofBytes()
                && minimum.perSecond() > rate.perSecond()) {
            settings.wrong(
                    minimum.ofBytes() ? "rate_min" : "rate_iops_min",
                    "the least rate is above the rate that there is to be");
        }
    }

    private void addRate(
            Map<Direction, Pacing.Rate> rates, Direction direction, String name, boolean bytes) {
        long value =
                settings.readPart(
                        name,
                        direction,
                        0L,
                        (s, text) -> Units.bytes(s, text, settings.kiloBase()));
        if (value > 0) {
            rates.put(direction, new Pacing.Rate((double) value, bytes));
        }
    }

    /** The rate of all commands together, which are shared out as the mix says. */
    private void addTotal(Map<Direction, Pacing.Rate> rates) {
        double total = settings.read("total_rate_iops", 0.0, s -> Units.decimal(s, s.value()));
        if (total > 0) {
            int reads = access.readPercentage();
            for (Direction direction : Direction.values()) {
                if (access.workload().has(direction)) {
                    double share =
                            access.workload().isMixed()
                                    ? (direction == Direction.READ ? reads : 100 - reads) / 100.0
                                    : 1;
                    rates.put(direction, new Pacing.Rate(total * share, false));
                }
            }
        }
    }
}
