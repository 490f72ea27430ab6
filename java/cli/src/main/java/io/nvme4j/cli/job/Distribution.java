// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Which blocks random I/Os go to.
 *
 * @param kind of distribution
 * @param parameter theta, the Pareto power, or the deviation in percent of the region
 * @param center where the hottest block is, from 0 to 1, or -1 for hot blocks all over the region
 * @param zones of the zoned kinds
 */
public record Distribution(Kind kind, double parameter, double center, List<Zone> zones) {
    /** Every block alike. */
    public static final Distribution UNIFORM = new Distribution(Kind.RANDOM, 0, -1, List.of());

    /** The kinds, by the names that job files have. */
    public enum Kind {
        /** Uniform. */
        RANDOM,
        /** The n-th hottest block is n^-theta times as hot as the hottest. */
        ZIPF,
        /** Self-similar: a fraction h of the blocks gets the fraction 1 - h of the I/Os. */
        PARETO,
        /** Gaussian. */
        NORMAL,
        /** Zones of percentages of the region. */
        ZONED,
        /** Zones of bytes. */
        ZONED_ABS
    }

    /**
     * A part of the region.
     *
     * @param accesses percentage of the I/Os that go there
     * @param size percentage of the region, or bytes
     */
    public record Zone(int accesses, long size) {}

    /** Zipf's, with hot blocks all over the region. */
    public static Distribution zipf(double theta) {
        return new Distribution(Kind.ZIPF, theta, -1, List.of());
    }

    static Distribution read(Setting setting, int kiloBase) {
        String[] parts = setting.value().split(":", 2);
        Kind kind = kind(setting, parts[0].strip());
        if (kind == Kind.RANDOM) {
            return UNIFORM;
        }
        if (parts.length < 2) {
            throw setting.wrong(parts[0] + " takes a value, as in zipf:1.2 or zoned:60/10:40/90");
        }
        return switch (kind) {
            case ZONED, ZONED_ABS ->
                    new Distribution(kind, 0, -1, zones(setting, kind, parts[1], kiloBase));
            default -> curve(setting, kind, parts[1].split(":", 2));
        };
    }

    private static Kind kind(Setting setting, String text) {
        try {
            return Kind.valueOf(text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw setting.wrong(
                    "'"
                            + text
                            + "' is no distribution: random, zipf, pareto, normal, zoned,"
                            + " zoned_abs");
        }
    }

    private static Distribution curve(Setting setting, Kind kind, String[] numbers) {
        double parameter = Units.decimal(setting, numbers[0]);
        switch (kind) {
            case ZIPF ->
                    require(setting, parameter <= 10, parameter, "theta of zipf", "at most 10");
            case PARETO -> require(setting, parameter < 1, parameter, "h of pareto", "below 1");
            default ->
                    require(
                            setting,
                            parameter <= 100,
                            parameter,
                            "normal's deviation",
                            "at most 100 percent");
        }
        double center = numbers.length == 1 ? -1 : Units.decimal(setting, numbers[1]);
        if (center > 1) {
            throw setting.wrong("the center is from 0 to 1");
        }
        return new Distribution(kind, parameter, center, List.of());
    }

    private static void require(
            Setting setting, boolean isBelow, double parameter, String name, String limit) {
        if (parameter <= 0 || !isBelow) {
            throw setting.wrong(name + " is above 0 and " + limit);
        }
    }

    private static List<Zone> zones(Setting setting, Kind kind, String text, int kiloBase) {
        List<Zone> zones = new ArrayList<>();
        int accesses = 0;
        long sizes = 0;
        for (String part : text.split(":", -1)) {
            String[] pair = part.split("/", -1);
            if (pair.length != 2) {
                throw setting.wrong("'" + part + "' is no zone: write ACCESSES/SIZE, as in 60/10");
            }
            long size =
                    kind == Kind.ZONED
                            ? Units.percentage(setting, pair[1])
                            : Units.bytes(setting, pair[1], kiloBase);
            zones.add(new Zone(Units.percentage(setting, pair[0]), size));
            accesses += zones.getLast().accesses();
            sizes += size;
        }
        if (accesses != 100) {
            throw setting.wrong("the accesses add up to " + accesses + " percent, not 100");
        }
        if (kind == Kind.ZONED && sizes != 100) {
            throw setting.wrong("the sizes add up to " + sizes + " percent, not 100");
        }
        return List.copyOf(zones);
    }
}
