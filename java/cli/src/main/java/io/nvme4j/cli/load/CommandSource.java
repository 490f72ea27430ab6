// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.load;

import io.nvme4j.cli.job.Job;
import io.nvme4j.cli.job.Pacing;
import io.nvme4j.cli.job.workload.Direction;
import io.nvme4j.cli.load.pace.Flow;
import io.nvme4j.cli.load.pace.FlowSchedule;
import io.nvme4j.cli.load.pace.Mix;
import io.nvme4j.cli.load.pace.PacedSchedule;
import io.nvme4j.cli.load.pace.Schedule;
import io.nvme4j.cli.load.pace.ThinkingSchedule;
import io.nvme4j.cli.load.pace.UnpacedSchedule;
import io.nvme4j.cli.load.place.Offsets;
import io.nvme4j.cli.load.place.OffsetsFactory;
import io.nvme4j.cli.load.place.Span;
import io.nvme4j.cli.load.random.RandomNumbers;

import java.util.function.IntFunction;

/**
 * The commands of one queue pair. {@link #next} chooses one; the other methods say which. Of
 * workloads that deallocate blocks before they write them, it chooses the deallocations; the writes
 * follow from these. Not thread-safe.
 */
public final class CommandSource {
    private final Schedule schedule;
    private final Offsets[] offsets;
    private final Lengths[] lengths = new Lengths[Direction.values().length];
    private final long firstBlock;
    private final int blockSize;

    /** Whether a command is chosen that {@link #next} has not given out. */
    private boolean isChosen;

    private int direction;
    private long startingLba;
    private int blocks;

    /** Of a job that is in no flow. */
    CommandSource(Job job, Span span, int blockSize, double rateFraction, long seed) {
        this(job, span, blockSize, rateFraction, seed, id -> new Flow());
    }

    /**
     * @param span the job's blocks
     * @param rateFraction how much of the job's rates and of its weight is this one's
     * @param flows the flows by their numbers
     */
    public CommandSource(
            Job job,
            Span span,
            int blockSize,
            double rateFraction,
            long seed,
            IntFunction<Flow> flows) {
        RandomNumbers random = new RandomNumbers(seed);
        this.firstBlock = span.first();
        this.blockSize = blockSize;
        this.offsets = new OffsetsFactory(job, span, blockSize, random).offsets();
        for (Direction each : Direction.values()) {
            lengths[each.index()] = new Lengths(job.sizes(each), blockSize, random);
        }
        Schedule own = schedule(job, rateFraction, random);
        this.schedule =
                job.pacing().flow().map(flow -> inFlow(own, flow, rateFraction, flows)).orElse(own);
    }

    private static Schedule inFlow(
            Schedule schedule, Pacing.Flow flow, double fraction, IntFunction<Flow> flows) {
        Flow.Share share = flows.apply(flow.id()).share(flow.weight() * fraction);
        return new FlowSchedule(schedule, share, flow.restNanos());
    }

    private static Schedule schedule(Job job, double rateFraction, RandomNumbers random) {
        Schedule schedule =
                job.pacing().isPaced()
                        ? new PacedSchedule(job, rateFraction, random)
                        : new UnpacedSchedule(new Mix(job, random));
        return job.pacing().thinkNanos() > 0
                ? new ThinkingSchedule(schedule, job.pacing())
                : schedule;
    }

    /**
     * Chooses the next command.
     *
     * @param inFlight commands that have not completed
     * @return false if none is due now
     */
    public boolean next(long now, int inFlight) {
        if (isChosen) {
            isChosen = false;
            return true;
        }
        return choose(now, inFlight);
    }

    /**
     * The command of the last {@link #next} is not issued yet: the following one gives it again.
     */
    public void putBack() {
        isChosen = true;
    }

    /** Whether a command is always due, and which one does not depend on the time. */
    public boolean isFreeOfTime() {
        return schedule.isFreeOfTime();
    }

    /** Chooses the next command while there is time for it, where the choice is free of time. */
    public void lookAhead() {
        if (!isChosen && isFreeOfTime()) {
            isChosen = choose(0, 0);
        }
    }

    private boolean choose(long now, int inFlight) {
        int due = schedule.next(now, inFlight);
        if (due == Schedule.NONE_DUE) {
            return false;
        }
        direction = due;
        Offsets places = offsets[due];
        int wanted = lengths[due].next(places.room());
        startingLba = firstBlock + places.next(wanted);
        blocks = places.granted(wanted);
        schedule.issued((long) blocks * blockSize);
        return true;
    }

    /** Index of its direction. */
    public int direction() {
        return direction;
    }

    public long startingLba() {
        return startingLba;
    }

    /** Logical blocks that it moves. */
    public int blocks() {
        return blocks;
    }

    /** When it should have started: now, or earlier where it is behind its rate. */
    public long intendedStart() {
        return schedule.intendedStart();
    }

    /** There are no further commands: others of its flow do not wait for it. */
    public void end() {
        schedule.end();
    }

    /** Rates count from now on. */
    public void restart(long now) {
        schedule.restart(now);
    }
}
