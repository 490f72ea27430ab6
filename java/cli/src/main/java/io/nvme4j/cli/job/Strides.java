// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job;

import io.nvme4j.cli.job.option.Settings;

import java.util.Optional;

/**
 * How a job goes through a namespace zone by zone, of which there are those that it works in and
 * gaps between. All in bytes.
 *
 * @param range of a zone
 * @param amount that is moved in a zone before the next one's turn: less than the range, or more,
 *     for which the zone is gone through again
 * @param skip from a zone's end to the next one
 */
public record Strides(long range, long amount, long skip) {
    /** Empty for a job that has no zones. */
    public static Optional<Strides> read(Settings settings) {
        long amount = settings.bytes("zonesize", 0);
        if (settings.text("zonemode", "none").equals("strided")) {
            return strided(settings, amount);
        }
        if (amount > 0) {
            settings.wrong("zonesize", "zones have a size where there is zonemode=strided");
        }
        return Optional.empty();
    }

    private static Optional<Strides> strided(Settings settings, long amount) {
        if (amount == 0) {
            settings.wrong("zonemode", "zonemode=strided needs a zonesize");
            return Optional.empty();
        }
        long range = settings.bytes("zonerange", 0);
        long skip = settings.bytes("zoneskip", 0);
        return Optional.of(new Strides(range == 0 ? amount : range, amount, skip));
    }
}
