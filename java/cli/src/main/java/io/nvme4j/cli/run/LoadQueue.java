// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run;

import io.nvme4j.Controller;
import io.nvme4j.QueuePair;
import io.nvme4j.QueuePairOptions;
import io.nvme4j.cli.job.Flushing;
import io.nvme4j.cli.job.Job;
import io.nvme4j.cli.job.workload.Direction;
import io.nvme4j.cli.load.CommandSource;
import io.nvme4j.cli.load.DepthSearch;
import io.nvme4j.cli.load.IoSplit;
import io.nvme4j.cli.result.Depths;
import io.nvme4j.cli.result.Measured;
import io.nvme4j.cli.result.RunResult;
import io.nvme4j.cli.result.TallyExchange;
import io.nvme4j.cli.run.data.Mover;
import io.nvme4j.cli.run.data.RefilledData;
import io.nvme4j.cli.run.data.SlotMemory;
import io.nvme4j.cli.run.data.WriteData;
import io.nvme4j.cli.run.plan.QueuePlan;
import io.nvme4j.cli.target.Target;

import org.jspecify.annotations.Nullable;

import java.util.Optional;

/**
 * One thread's road to one namespace: a queue pair that is kept full, or busy at a rate. This is
 * the hot path: nothing is allocated, locked or logged between the first {@link #round} and the end
 * of the run. {@link OutstandingSlots} has what is in flight, {@link CommandWriter} prepares it,
 * and {@link Completions} measures it.
 *
 * <p><b>What latency means here.</b> The clock is read once a round, right after {@link
 * QueuePair#process} returned. That reading is the time of completion of all commands reaped in the
 * round, and the time of submission of those that take their place: these are written next and go
 * out at the beginning of the next {@code process}. So a latency contains what the host spends on
 * preparing a batch and on walking its completions; it errs to the long side, never to the short.
 * Where latencies are split, the clock is read once more, at the round's first completion. Where
 * commands are on standby, the queue pair has submitted one for each that it has reaped, and the
 * reading is these ones' time of submission.
 */
final class LoadQueue implements AutoCloseable {
    private final Target target;
    private final CommandSource source;
    private final boolean isPaced;
    private final Quota quota;
    private final OutstandingSlots slots;
    private final Mover mover;
    private final QueuePair queue;
    private final CommandWriter writer;
    private final FollowUps followUps;
    private final Completions completions;
    private final @Nullable DataCheck check;
    private final @Nullable DepthSearch search;
    private final int commandsPerIo;
    private final RoundClock clock = new RoundClock();
    private final PollPace pace = new PollPace();

    /** Creates the queue pair, which belongs to the calling thread, and its memory. */
    LoadQueue(QueuePlan plan, RunControl control) {
        Job job = plan.job();
        this.target = plan.target();
        this.source = plan.source(control::flow);
        this.isPaced = job.pacing().isPaced();
        this.quota = new Quota(plan);
        this.search =
                job.latencyGoal().map(goal -> new DepthSearch(goal, plan.depth())).orElse(null);
        this.slots = slots(plan);
        this.mover = Mover.of(target, job, slots.capacity());
        try {
            this.check = job.verification().isOn() ? new DataCheck(plan, control, mover) : null;
            IoSplit split = split(job);
            this.commandsPerIo = split.usual();
            this.queue = target.controller().queuePair(options(split, plan));
        } catch (RuntimeException | Error e) {
            mover.close();
            throw e;
        }
        this.completions = new Completions(plan, control, slots, mover, check, search);
        this.writer =
                new CommandWriter(
                        target.namespace(),
                        queue,
                        slots,
                        mover,
                        job.has(Direction.WRITE) ? fillMemory(plan, control) : null,
                        check);
        this.followUps = new FollowUps(job, slots, writer);
    }

    /** What is written at first; and what makes the data of each write anew, where that is so. */
    private @Nullable RefilledData fillMemory(QueuePlan plan, RunControl control) {
        SlotMemory memory = mover.memory();
        WriteData.fill(memory.segment(), plan.job().buffers().pattern(), plan.seed());
        return plan.refilledData(control.writeSets(), memory.bytesPerSlot()).orElse(null);
    }

    private OutstandingSlots slots(QueuePlan plan) {
        int batch = Math.min(plan.job().batch(), plan.depth());
        return new OutstandingSlots(plan.depth(), batch, standby(plan.job(), plan.depth(), batch));
    }

    private Standby standby(Job job, int depth, int batch) {
        boolean isSimple = // a completion asks for nothing but the next command
                source.isFreeOfTime()
                        && FollowUps.none(job)
                        && !job.verification().isOn()
                        && target.namespace().metadataSize() == 0
                        && batch == 1
                        && search == null;
        Controller controller = target.controller();
        long bytesPerIo = Mover.bytesPerIo(target, job);
        boolean fits = // an I/O is a command, and all in flight are in the controller's queue
                bytesPerIo <= controller.limits().transferSize()
                        && depth <= controller.limits().queueDepth();
        return isSimple && fits
                ? Standby.of(controller, depth, SlotMemory.bytesPerSlot(job.buffers(), bytesPerIo))
                : Standby.none();
    }

    private IoSplit split(Job job) {
        long bytes = job.largestTransfer();
        return bytes == 0
                ? IoSplit.NONE
                : mover.split((int) (bytes / target.namespace().blockSize()));
    }

    private QueuePairOptions options(IoSplit split, QueuePlan plan) {
        Flushing flushing = plan.job().flushing();
        QueuePairOptions options =
                split.options(target.controller(), plan.depth(), slots.capacity())
                        .forceUnitAccess(flushing.forcesReads(), flushing.forcesWrites());
        int most = plan.job().completionsPerPoll();
        return most > 0 ? options.completionsPerPoll(most) : options;
    }

    /** Commands that the largest I/O becomes. */
    int commandsPerIo() {
        return commandsPerIo;
    }

    /**
     * Submits what is prepared, reaps, and prepares the commands that are due, as far as there are
     * slots.
     *
     * @return the time right after reaping
     */
    long round() {
        long now = reap();
        if (search != null) {
            search.update(now);
            slots.use(search.depth());
        }
        int before = slots.count();
        if (slots.isTimeToIssue()) {
            issue(now);
        }
        int issued = slots.count() - before;
        if (issued > 0) {
            completions.meter().depths().submitted(issued, slots.inFlight());
        }
        return now;
    }

    private void issue(long now) {
        if (check != null) {
            issueChecked(check, now);
            return;
        }
        while (slots.hasRoom() && isDue(now)) {
            writeChosen(now);
        }
    }

    private boolean isDue(long now) {
        return quota.isLeft() && source.next(now, slots.count());
    }

    /** Prepares the command that the source has chosen. */
    private void writeChosen(long now) {
        int slot = slots.take();
        int blocks = source.blocks();
        quota.take(blocks);
        if (isPaced) {
            slots.intendedStart(slot, source.intendedStart());
        }
        writer.write(slot, source.direction(), source.startingLba(), blocks, now);
    }

    /**
     * As {@link #issue} does, but no two commands are at work on one block at a time: what was
     * chosen is held until the block is free, so that it is neither lost nor takes another place.
     */
    private void issueChecked(DataCheck own, long now) {
        while (slots.hasRoom()) {
            if (own.hasBacklog()) {
                if (own.nextOfBacklog()) {
                    verify(own, now);
                }
            } else if (!isDue(now)) {
                return;
            } else if (own.claim(source.startingLba(), source.blocks())) {
                writeChosen(now);
            } else {
                source.putBack();
                return;
            }
        }
    }

    private void verify(DataCheck own, long now) {
        writer.write(slots.take(), Kind.VERIFY, own.startingLba(), own.blocks(), now);
    }

    /** Whether the last round found a completion. */
    boolean hasReaped() {
        return pace.hasReaped();
    }

    /** How long the device had better be left alone before the next round, nanoseconds. */
    long rest() {
        return isPaced ? 0 : pace.rest(slots.polled());
    }

    /**
     * Reads what was written, and checks it, once the run is over.
     *
     * @return whether there is more to read
     */
    boolean checkRound() {
        long now = reap();
        if (check == null) {
            return false;
        }
        while (slots.hasRoom() && check.nextWritten()) {
            verify(check, now);
        }
        return slots.count() > 0;
    }

    /** As {@link #round}, but nothing takes the place of what has completed. */
    long drainRound() {
        return reap();
    }

    private long reap() {
        slots.beginRound();
        queue.process(completions);
        int reaped = slots.reaped();
        pace.reaped(reaped);
        if (reaped == 0) {
            return idle();
        }
        long now = clock.readAtCompletion();
        pace.latency(now - slots.submission(slots.reaped(0)));
        completions.record(now);
        slots.relieve(completions.found(now));
        followUps.prepare(now);
        return now;
    }

    /** Nothing has completed, so there is time for what could wait. */
    private long idle() {
        completions.meter().settle();
        source.lookAhead();
        if (clock.readWhenIdle(slots.hasRoom())) {
            completions.meter().handOverIfAsked(clock.now());
        }
        return clock.now();
    }

    /** Brings what was written to the medium, where that is asked for and has not been done. */
    void flushAtEnd() {
        followUps.flushAtEnd();
    }

    /**
     * What completes from now on is measured, and limits count from now on. Takes no time, which
     * the commands in flight would be charged with.
     */
    void beginMeasurement(long now) {
        completions.meter().beginMeasurement(now);
        quota.begin(slots.count());
        if (search != null) {
            search.begin(now);
        }
        source.restart(now);
    }

    int inFlight() {
        return queue.inFlight();
    }

    /** Whether there is more to do, or something in flight. */
    boolean isBusy() {
        if (search != null && search.endsJob()) {
            return false;
        }
        return quota.isLeft() || slots.count() > 0;
    }

    /** What it measures. */
    TallyExchange exchange() {
        return completions.meter().exchange();
    }

    /** What was collected so far. For the thread that collects. */
    SteadyStateMonitor.Totals totals() {
        SteadyStateMonitor.Totals totals = SteadyStateMonitor.NONE;
        for (Measured each : exchange().total()) {
            totals =
                    totals.plus(
                            new SteadyStateMonitor.Totals(
                                    each.count(), each.bytes(), (double) each.total().sum()));
        }
        return totals;
    }

    /** What the search for a depth has found, where there was one. */
    Optional<DepthSearch> depthSearch() {
        return Optional.ofNullable(search);
    }

    Depths depths() {
        return completions.meter().depths();
    }

    Measured flushes() {
        return completions.meter().flushes();
    }

    /** What was measured since the measurement began, and collected. */
    RunResult.Row row() {
        Measured[] total = exchange().total();
        return new RunResult.Row(
                target.label(), total[Kind.READ], total[Kind.WRITE], total[Kind.TRIM]);
    }

    /** When the last command completed, on {@link System#nanoTime}'s scale. */
    long lastCompletion() {
        return clock.lastCompletion();
    }

    /** Says how many blocks were wrong, if any were. */
    void tellWrongBlocks() {
        if (check != null) {
            check.tellWrongBlocks();
        }
    }

    /** Commands that failed, and blocks that are wrong. */
    long errors() {
        return completions.errors();
    }

    Target target() {
        return target;
    }

    /** Deletes the queue pair, whatever is in flight, and frees the memory. */
    @Override
    public void close() {
        completions.meter().settle();
        source.end();
        queue.close();
        if (check != null) {
            check.close();
        }
        mover.close();
    }
}
