// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.load;

import io.nvme4j.cli.job.Access;
import io.nvme4j.cli.job.Distribution;
import io.nvme4j.cli.job.Job;
import io.nvme4j.cli.job.Places;

import java.util.List;

/** Chooses how a job finds its places. */
final class OffsetsFactory {
    /** Units of the random map; above, it would take more memory than it is worth. */
    private static final long MOST_MAPPED_UNITS = 1L << 33;

    private final Access access;
    private final Span span;
    private final int blockSize;
    private final RandomNumbers random;
    private final Places places;
    private final Slots slots;

    OffsetsFactory(Job job, Places places, Span span, int blockSize, RandomNumbers random) {
        this.access = job.access();
        this.places = places;
        this.span = span;
        this.blockSize = blockSize;
        this.random = random;
        long alignment = places.alignment() > 0 ? places.alignment() : job.smallestIo();
        this.slots = new Slots(span.blocks(), alignment / blockSize);
    }

    Offsets offsets() {
        Offsets sequential = new SequentialOffsets(span.blocks(), hole());
        if (!access.workload().isRandom() || places.randomPercentage() == 0) {
            return sequential;
        }
        Offsets scattered = atRandom();
        if (access.modifier() > 1) {
            scattered =
                    new RunsOfOffsets(
                            scattered, access.modifier(), access.repeats(), span.blocks());
        }
        return places.randomPercentage() == 100
                ? scattered
                : new MixedOffsets(scattered, sequential, places.randomPercentage(), random);
    }

    private long hole() {
        return access.workload().isRandom() ? 0 : access.modifier() / blockSize;
    }

    private Offsets atRandom() {
        Distribution distribution = places.distribution();
        Scatter scatter = new Scatter(distribution.center());
        double parameter = distribution.parameter();
        return switch (distribution.kind()) {
            case RANDOM -> uniform();
            case ZIPF -> new ZipfOffsets(parameter, slots, scatter, random);
            case PARETO -> new ParetoOffsets(parameter, slots, scatter, random);
            case NORMAL ->
                    new NormalOffsets(
                            parameter / 100,
                            distribution.center() < 0 ? 0.5 : distribution.center(),
                            slots,
                            random);
            case ZONED, ZONED_ABS -> zoned(distribution);
        };
    }

    private Offsets uniform() {
        // Places that are chosen now and then only, or whose length is not known, are not mapped.
        boolean mapped =
                access.visitsOnce()
                        && access.modifier() <= 1
                        && places.randomPercentage() == 100
                        && slots.regionBlocks() / slots.alignment() <= MOST_MAPPED_UNITS;
        return mapped ? new UnvisitedOffsets(slots, random) : new UniformOffsets(slots, random);
    }

    private Offsets zoned(Distribution distribution) {
        List<Distribution.Zone> zones = distribution.zones();
        int[] accesses = new int[zones.size()];
        long[] starts = new long[zones.size() + 1];
        long sizes = 0;
        for (int i = 0; i < zones.size(); i++) {
            accesses[i] = zones.get(i).accesses();
            sizes += zones.get(i).size();
            starts[i + 1] =
                    distribution.kind() == Distribution.Kind.ZONED
                            ? (long) (span.blocks() / 100.0 * sizes)
                            : Math.min(span.blocks(), sizes / blockSize);
        }
        return new ZonedOffsets(accesses, starts, slots, random);
    }
}
