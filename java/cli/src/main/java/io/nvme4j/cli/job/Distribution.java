// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job;

import io.nvme4j.cli.job.option.ByDirection;
import io.nvme4j.cli.job.option.Setting;
import io.nvme4j.cli.job.option.Units;
import io.nvme4j.cli.job.workload.Direction;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Which blocks random I/Os go to.
 *
 * @param kind of distribution
 * @param parameter theta, the Pareto power, or the deviation in percent of the region
 * @param center where the hottest block is, from 0 to 1, or -1 for hot blocks all over the region
 * @param zones of the zoned kinds
 * @param sequence places one after the other, of that kind
 * @param moves whether a sequence begins behind the last one's places each time
 */
public record Distribution(
        Kind kind,
        double parameter,
        double center,
        List<Zone> zones,
        List<Long> sequence,
        boolean moves) {
    private static final int LONGEST_SEQUENCE = 64;

    /** Every block alike. */
    public static final Distribution UNIFORM = of(Kind.RANDOM, 0, -1, List.of());

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
        ZONED_ABS,
        /** Places that are listed. */
        SEQUENCE
    }

    /**
     * A part of the region.
     *
     * @param accesses percentage of the I/Os that go there
     * @param size percentage of the region, or bytes
     */
    public record Zone(int accesses, long size) {}

    private static Distribution of(Kind kind, double parameter, double center, List<Zone> zones) {
        return new Distribution(kind, parameter, center, zones, List.of(), false);
    }

    /** The same, where a sequence begins behind the last one's places each time. */
    public Distribution moving() {
        return new Distribution(kind, parameter, center, zones, sequence, true);
    }

    /** Zipf's, with hot blocks all over the region. */
    public static Distribution zipf(double theta) {
        return of(Kind.ZIPF, theta, -1, List.of());
    }

    /** Zones are a list by direction; where one has none, every block is alike. */
    public static Distribution read(Setting setting, Direction direction, int kiloBase) {
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
                    zoned(setting, kind, ByDirection.part(parts[1], direction), kiloBase);
            case SEQUENCE -> sequence(setting, parts[1]);
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
                            + " zoned_abs, sequence");
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
        return of(kind, parameter, center, List.of());
    }

    private static void require(
            Setting setting, boolean isBelow, double parameter, String name, String limit) {
        if (parameter <= 0 || !isBelow) {
            throw setting.wrong(name + " is above 0 and " + limit);
        }
    }

    private static Distribution zoned(Setting setting, Kind kind, String text, int kiloBase) {
        if (text.isEmpty()) {
            return UNIFORM;
        }
        List<Zone> zones = new ArrayList<>();
        for (String part : text.split(":", 0)) { // one at the end says nothing
            zones.add(zone(setting, kind, part, kiloBase));
        }
        int accesses = zones.stream().mapToInt(Zone::accesses).sum();
        if (accesses != 100) {
            throw setting.wrong("the accesses add up to " + accesses + " percent, not 100");
        }
        if (kind == Kind.ZONED) {
            giveSizes(setting, zones);
        }
        return of(kind, 0, -1, List.copyOf(zones));
    }

    private static Zone zone(Setting setting, Kind kind, String part, int kiloBase) {
        String[] pair = part.split("/", -1);
        if (pair.length > 2) {
            throw setting.wrong("'" + part + "' is no zone: write ACCESSES/SIZE, as in 60/10");
        }
        int accesses = Units.percentage(setting, pair[0]);
        String size = pair.length == 1 ? "" : pair[1];
        if (kind == Kind.ZONED) {
            return new Zone(accesses, size.isBlank() ? 0 : Units.percentage(setting, size));
        }
        long bytes = size.isBlank() ? 0 : Units.bytes(setting, size, kiloBase);
        if (bytes == 0) {
            throw setting.wrong("'" + part + "' has no size: only those of zoned may be left out");
        }
        return new Zone(accesses, bytes);
    }

    private static Distribution sequence(Setting setting, String text) {
        List<Long> places = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            places.add((long) Units.integer(setting, part.strip()));
        }
        if (places.size() > LONGEST_SEQUENCE || Collections.min(places) < 0) {
            throw setting.wrong(
                    "a sequence is %d numbers of blocks at most, as in sequence:2,0,1"
                            .formatted(LONGEST_SEQUENCE));
        }
        return new Distribution(Kind.SEQUENCE, 0, -1, List.of(), List.copyOf(places), false);
    }

    /** Zones without a size share what the others leave. */
    private static void giveSizes(Setting setting, List<Zone> zones) {
        int left = 100 - (int) zones.stream().mapToLong(Zone::size).sum();
        int open = (int) zones.stream().filter(zone -> zone.size() == 0).count();
        if (left < open) {
            throw setting.wrong(
                    "the sizes add up to " + (100 - left) + " percent: too much for all zones");
        }
        int given = 0;
        for (int i = 0; i < zones.size(); i++) {
            Zone zone = zones.get(i);
            if (zone.size() == 0) {
                zones.set(i, new Zone(zone.accesses(), Units.part(left, given++, open)));
            }
        }
    }

    /**
     * Bytes up to the end of the last zone that I/Os go to; 0 where zones are no numbers of bytes.
     */
    public long end() {
        long end = 0;
        long last = 0;
        for (Zone zone : kind == Kind.ZONED_ABS ? zones : List.<Zone>of()) {
            end += zone.size();
            last = zone.accesses() > 0 ? end : last;
        }
        return last;
    }
}
