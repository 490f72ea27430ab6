// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.load.place;

import io.nvme4j.cli.job.Access;
import io.nvme4j.cli.job.Distribution;
import io.nvme4j.cli.job.Job;
import io.nvme4j.cli.job.Places;
import io.nvme4j.cli.job.Strides;
import io.nvme4j.cli.job.workload.Direction;
import io.nvme4j.cli.load.random.RandomNumbers;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Chooses how a job finds its places. */
public final class OffsetsFactory {
    /** Units of the random map; above, it would take more memory than it is worth. */
    private static final long MOST_MAPPED_UNITS = 1L << 33;

    private final Job job;
    private final Access access;
    private final Span span;
    private final int blockSize;
    private final RandomNumbers random;

    /** Of the region, or of a zone of it that the job goes through by strides. */
    private final long regionBlocks;

    private final RunsOfOffsets.Counter runs;

    /** Directions that are alike visit each block once together. */
    private final Map<Places, Offsets> atRandom = new HashMap<>();

    public OffsetsFactory(Job job, Span span, int blockSize, RandomNumbers random) {
        this.job = job;
        this.access = job.access();
        this.span = span;
        this.blockSize = blockSize;
        this.random = random;
        this.regionBlocks =
                Math.min(
                        span.blocks(),
                        access.strides()
                                .map(strides -> strides.range() / blockSize)
                                .orElse(span.blocks()));
        this.runs = new RunsOfOffsets.Counter(access.modifier());
    }

    /** The places of each direction, by its index. */
    public Offsets[] offsets() {
        Offsets[] offsets = new Offsets[Direction.values().length];
        Optional<Stride> stride = access.strides().map(this::stride);
        for (Direction direction : Direction.values()) {
            Offsets places = offsets(direction, access.places(direction));
            offsets[direction.index()] =
                    stride.<Offsets>map(own -> new StridedOffsets(own, places)).orElse(places);
        }
        return offsets;
    }

    private Stride stride(Strides strides) {
        long step = (strides.range() + strides.skip()) / blockSize;
        return new Stride(span.blocks(), step, strides.amount() / blockSize);
    }

    private Offsets offsets(Direction direction, Places places) {
        if (!access.workload().isRandom() || places.randomPercentage() == 0) {
            long smallest = job.sizes(direction).smallest() / blockSize;
            return new SequentialOffsets(regionBlocks, hole(), (int) smallest);
        }
        // What is listed comes in this order in each direction.
        Offsets scattered =
                places.distribution().kind() == Distribution.Kind.SEQUENCE
                        ? atRandom(places)
                        : atRandom.computeIfAbsent(places, this::atRandom);
        if (access.modifier() > 1) {
            scattered = new RunsOfOffsets(scattered, runs, access.repeats(), regionBlocks);
        }
        return places.randomPercentage() == 100
                ? scattered
                : new MixedOffsets(scattered, places.randomPercentage(), regionBlocks, random);
    }

    private long hole() {
        return access.workload().isRandom() ? 0 : access.modifier() / blockSize;
    }

    private Offsets atRandom(Places places) {
        Distribution distribution = places.distribution();
        long alignment = places.alignment() > 0 ? places.alignment() : job.smallestIo();
        Slots slots = new Slots(regionBlocks, alignment / blockSize);
        Scatter scatter = new Scatter(distribution.center());
        double parameter = distribution.parameter();
        return switch (distribution.kind()) {
            case RANDOM -> uniform(places, slots);
            case ZIPF -> new ZipfOffsets(parameter, slots, scatter, random);
            case PARETO -> new ParetoOffsets(parameter, slots, scatter, random);
            case NORMAL ->
                    new NormalOffsets(
                            parameter / 100,
                            distribution.center() < 0 ? 0.5 : distribution.center(),
                            slots,
                            random);
            case ZONED, ZONED_ABS -> zoned(distribution, slots);
            case SEQUENCE ->
                    new ListedOffsets(
                            distribution.sequence().stream().mapToLong(n -> n).toArray(),
                            distribution.moves(),
                            slots);
        };
    }

    private Offsets uniform(Places places, Slots slots) {
        // Places that are chosen now and then only, or whose length is not known, are not mapped.
        boolean mapped =
                access.visitsOnce()
                        && access.modifier() <= 1
                        && places.randomPercentage() == 100
                        && slots.regionBlocks() / slots.alignment() <= MOST_MAPPED_UNITS;
        return mapped ? new UnvisitedOffsets(slots, random) : new UniformOffsets(slots, random);
    }

    private Offsets zoned(Distribution distribution, Slots slots) {
        List<Distribution.Zone> zones = distribution.zones();
        int[] accesses = new int[zones.size()];
        long[] starts = new long[zones.size() + 1];
        long sizes = 0;
        for (int i = 0; i < zones.size(); i++) {
            accesses[i] = zones.get(i).accesses();
            sizes += zones.get(i).size();
            starts[i + 1] =
                    distribution.kind() == Distribution.Kind.ZONED
                            ? (long) (regionBlocks / 100.0 * sizes)
                            : Math.min(regionBlocks, sizes / blockSize);
        }
        return new ZonedOffsets(accesses, starts, slots, random);
    }
}
