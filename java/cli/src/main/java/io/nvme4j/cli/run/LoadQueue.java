// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run;

import io.nvme4j.CompletionHandler;
import io.nvme4j.Controller;
import io.nvme4j.Namespace;
import io.nvme4j.ProtectionInformation;
import io.nvme4j.QueuePair;
import io.nvme4j.QueuePairOptions;
import io.nvme4j.cli.job.Buffers;
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
import io.nvme4j.cli.run.data.BlocksWithMetadata;
import io.nvme4j.cli.run.data.Pieces;
import io.nvme4j.cli.run.data.RefilledData;
import io.nvme4j.cli.run.data.WriteData;
import io.nvme4j.cli.run.plan.QueuePlan;
import io.nvme4j.cli.target.Target;
import io.nvme4j.error.CommandException;
import io.nvme4j.memory.CopyPolicy;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.ScatterGatherList;

import org.jspecify.annotations.Nullable;

import java.util.Optional;

/**
 * One thread's road to one namespace: a queue pair that is kept full, or busy at a rate. This is
 * the hot path: nothing is allocated, locked or logged between the first {@link #round} and the end
 * of the run.
 *
 * <p>A command's tag is its slot, from 0 to slots - 1. A slot has its own part of the buffer and is
 * used again once its command has completed.
 *
 * <p><b>What latency means here.</b> The clock is read once a round, right after {@link
 * QueuePair#process} returned. That reading is the time of completion of all commands reaped in the
 * round, and the time of submission of those that take their place: these are written next and go
 * out at the beginning of the next {@code process}. So a latency contains what the host spends on
 * preparing a batch and on walking its completions; it errs to the long side, never to the short.
 * Where nothing completed the clock is read now and then only, so that the next look comes sooner.
 * Where latencies are split, the clock is read once more, at the round's first completion. Where
 * commands are on standby, the queue pair has submitted one for each that it has reaped, and the
 * reading is these ones' time of submission.
 */
final class LoadQueue implements CompletionHandler, AutoCloseable {
    private static final int TRIM = Direction.TRIM.index();
    private static final int WRITE = Direction.WRITE.index();
    private static final int READ = Direction.READ.index();

    /** Of commands that read what was written, to check it. They are measured as reads. */
    private static final int VERIFY = 3;

    /** Of commands that bring what was written to the medium. */
    private static final int FLUSH = 4;

    /** Rounds without a completion after which the clock is read all the same. */
    private static final int ROUNDS_PER_CLOCK = 16;

    private final Failures failures;
    private final Target target;
    private final Job job;
    private final Namespace namespace;
    private final CommandSource source;
    private final boolean isPaced;
    private final boolean splitsLatency;
    private final boolean trimsBeforeWriting;
    private final Flushing flushing;
    private final int unrecorded;
    private int untilFlush;
    private boolean isAtEnd;
    private final long bytesPerSlot;
    private final int depth;
    private final int batch;
    private final Standby standby;
    private final int slots;
    private final long numberOfIos;
    private final long numberOfBytes;
    private final int bytesPerBlock;

    private final QueuePair queue;
    private final IoSplit split;
    private final DmaBuffer buffer;
    private final @Nullable DataCheck check;
    private final @Nullable RefilledData refilled;
    private final @Nullable Pieces pieces;
    private final @Nullable BlocksWithMetadata withMetadata;

    /* By slot. */
    private final long[] intendedStarts;
    private final long[] submissionTimes;
    private final long[] startingLbas;
    private final int[] blocks;
    private final byte[] directions;

    /* Slots without a command: a stack. This round's completions are on top of the others. */
    private final int[] free;
    private int freeCount;
    private int freeBefore;
    private int lastReaped;
    private long lastLatency = Long.MAX_VALUE;

    private long found; // when the round's first completion was told of, where latencies are split

    private final Meter meter;

    /* Slots that are not used, as the depth is less than it might be. */
    private final @Nullable DepthSearch depthSearch;
    private int reserve;
    private long iosLeft = Long.MAX_VALUE;
    private long bytesLeft = Long.MAX_VALUE;
    private long lastCompletion;
    private long lastNow = System.nanoTime();
    private int idleRounds;

    /** Creates the queue pair, which belongs to the calling thread, and its buffer. */
    LoadQueue(QueuePlan plan, RunControl control) {
        this.target = plan.target();
        this.job = plan.job();
        this.failures = new Failures(job, target, control);
        this.namespace = target.namespace();
        this.source = plan.source(control::flow);
        this.isPaced = job.pacing().isPaced();
        this.splitsLatency = job.splitsLatency();
        this.trimsBeforeWriting = job.workload().trimsBeforeWriting();
        this.flushing = job.flushing();
        this.untilFlush = flushing.every();
        this.unrecorded = flushing.isPartOfWrite() ? WRITE : FLUSH;
        long alignment = job.buffers().alignment();
        this.pieces = job.buffers().unit() > 0 ? new Pieces(job) : null;
        long perIo =
                pieces == null
                        ? BlocksWithMetadata.bytesPerIo(namespace, job)
                        : pieces.bytesPerIo();
        this.bytesPerSlot = (perIo + alignment - 1) & -alignment;
        this.depth = plan.depth();
        this.batch = Math.min(job.batch(), depth);
        this.numberOfIos = plan.numberOfIos();
        this.numberOfBytes = plan.bytes();
        this.bytesPerBlock = namespace.blockSize();
        this.depthSearch = job.latencyGoal().map(goal -> new DepthSearch(goal, depth)).orElse(null);
        this.standby =
                isSimple() && fits(perIo)
                        ? Standby.of(target.controller(), depth, bytesPerSlot)
                        : Standby.none();
        this.slots = depth + standby.capacity();
        this.intendedStarts = new long[isPaced ? slots : 0];
        this.submissionTimes = new long[slots];
        this.startingLbas = new long[slots];
        this.blocks = new int[slots];
        this.directions = new byte[slots];
        this.free = new int[slots];
        while (freeCount < slots) {
            free[freeCount++] = slots - freeCount;
        }
        this.meter = new Meter(job, slots);
        Controller controller = target.controller();
        this.buffer = allocate(controller, slots * bytesPerSlot, Math.max(alignment, Buffers.PAGE));
        if (pieces != null) {
            pieces.use(controller, buffer, bytesPerSlot, slots);
        }
        this.withMetadata =
                namespace.metadataSize() > 0
                        ? new BlocksWithMetadata(target, job, buffer, bytesPerSlot, slots)
                        : null;
        try {
            this.split = split();
            this.queue = controller.queuePair(options(controller, depth, slots));
        } catch (RuntimeException | Error e) {
            closeMemory();
            throw e;
        }
        this.check =
                job.verification().isOn()
                        ? new DataCheck(
                                plan,
                                control,
                                buffer.segment(),
                                bytesPerSlot,
                                withMetadata == null ? bytesPerBlock : withMetadata.bytesPerBlock())
                        : null;
        this.refilled =
                job.has(Direction.WRITE)
                        ? plan.refilledData(control.writeSets(), bytesPerSlot).orElse(null)
                        : null;
        if (job.has(Direction.WRITE)) {
            WriteData.fill(buffer.segment(), job.buffers().pattern(), plan.seed());
        }
    }

    /** Whether a command's completion asks for nothing but the next command. */
    private boolean isSimple() {
        return source.isFreeOfTime()
                && !trimsBeforeWriting
                && flushing.every() == 0
                && !job.verification().isOn()
                && namespace.metadataSize() == 0
                && batch == 1
                && depthSearch == null;
    }

    /** Whether an I/O is a command, and all that are in flight are in the controller's queue. */
    private boolean fits(long bytesPerIo) {
        Controller controller = target.controller();
        return bytesPerIo <= controller.limits().transferSize()
                && depth <= controller.limits().queueDepth();
    }

    private DmaBuffer allocate(Controller controller, long bytes, long alignment) {
        int node = job.buffers().node();
        return node < 0
                ? controller.allocate(bytes, alignment)
                : controller.allocate(bytes, alignment, node);
    }

    private QueuePairOptions options(Controller controller, int depth, int slots) {
        QueuePairOptions options =
                split.options(controller, depth, slots)
                        .forceUnitAccess(flushing.forcesReads(), flushing.forcesWrites());
        return job.completionsPerPoll() > 0
                ? options.completionsPerPoll(job.completionsPerPoll())
                : options;
    }

    private IoSplit split() {
        long bytes = job.largestTransfer();
        if (bytes == 0) {
            return IoSplit.NONE;
        }
        Controller controller = target.controller();
        ScatterGatherList list;
        if (pieces != null) {
            pieces.list(0, bytes);
            list = pieces.list(0);
        } else {
            long length = namespace.length((int) (bytes / bytesPerBlock));
            list = controller.scatterGatherList(CopyPolicy.REFUSE).add(buffer, 0, length);
        }
        DmaBuffer metadata = withMetadata == null ? null : withMetadata.apart();
        return IoSplit.of(controller, namespace, list, metadata);
    }

    /** Commands that the largest I/O becomes. */
    int commandsPerIo() {
        return split.usual();
    }

    /**
     * Submits what is prepared, reaps, and prepares the commands that are due, as far as there are
     * slots.
     *
     * @return the time right after reaping
     */
    long round() {
        long now = reap();
        if (depthSearch != null) {
            depthSearch.update(now);
            reserve = depth - depthSearch.depth();
        }
        int before = freeCount;
        if (freeCount >= Math.min(reserve + batch, slots)) {
            issue(now);
        }
        if (freeCount < before) {
            meter.depths().submitted(before - freeCount, Math.min(depth, outstanding()));
        }
        return now;
    }

    /** Commands that are in flight or on standby. */
    private int outstanding() {
        return slots - freeCount;
    }

    private void issue(long now) {
        if (check != null) {
            issueChecked(check, now);
            return;
        }
        while (freeCount > reserve
                && iosLeft > 0
                && bytesLeft > 0
                && source.next(now, outstanding())) {
            prepare(free[--freeCount], now);
        }
    }

    /**
     * As {@link #round} does, but no two commands are at work on one block at a time: what was
     * chosen is held until the block is free, so that it is neither lost nor takes another place.
     */
    private void issueChecked(DataCheck own, long now) {
        while (freeCount > reserve) {
            if (own.hasBacklog()) {
                prepareCheck(own, now);
            } else if (iosLeft > 0 && bytesLeft > 0 && source.next(now, outstanding())) {
                if (!own.claim(source.startingLba(), source.blocks())) {
                    source.putBack();
                    return;
                }
                prepare(free[--freeCount], now);
            } else {
                return;
            }
        }
    }

    private void prepareCheck(DataCheck own, long now) {
        if (own.nextOfBacklog()) {
            prepare(free[--freeCount], VERIFY, own.startingLba(), own.blocks(), now);
        }
    }

    /** Whether the last round found a completion. */
    boolean hasReaped() {
        return lastReaped > 0;
    }

    /** How long the device had better be left alone before the next round, nanoseconds. */
    long rest() {
        int polled = Math.min(depth, slots - freeBefore);
        return isPaced ? 0 : PollPace.rest(polled, lastReaped, lastLatency);
    }

    /**
     * Reads what was written, and checks it, once the run is over.
     *
     * @return whether there is more to read
     */
    boolean checkRound() {
        long now = reap();
        boolean more = true;
        while (check != null && freeCount > 0 && more) {
            more = check.nextWritten();
            if (more) {
                prepare(free[--freeCount], VERIFY, check.startingLba(), check.blocks(), now);
            }
        }
        return check != null && outstanding() > 0;
    }

    /** As {@link #round}, but nothing takes the place of what has completed. */
    long drainRound() {
        return reap();
    }

    private long reap() {
        int before = freeCount;
        freeBefore = before;
        queue.process(this);
        int reaped = freeCount - before;
        lastReaped = reaped;
        if (reaped == 0) {
            return idle();
        }
        long now = System.nanoTime();
        lastLatency = now - submissionTimes[free[before]];
        meter.depths().completed(reaped);
        for (int i = before; i < freeCount; i++) {
            record(free[i], now);
        }
        lastCompletion = now;
        lastNow = now;
        meter.handOverIfAsked(now);
        relieved(splitsLatency ? found : now);
        if (flushing.every() > 0) {
            flushWhatWasWritten(before, now);
        }
        if (trimsBeforeWriting) {
            writeWhatWasTrimmed(before, now);
        }
        return now;
    }

    /** Commands that were on standby have taken the places of those that have completed. */
    private void relieved(long now) {
        int waiting = Math.max(0, outstanding() - depth);
        while (standby.count() > waiting) {
            submissionTimes[standby.remove()] = now;
        }
    }

    /** Nothing has completed, so there is time for what could wait. */
    private long idle() {
        meter.settle();
        source.lookAhead();
        if (freeCount > reserve || ++idleRounds % ROUNDS_PER_CLOCK == 0) {
            lastNow = System.nanoTime();
            meter.handOverIfAsked(lastNow);
        }
        return lastNow;
    }

    @Override
    public void onCompletion(long tag, int status, int result) {
        if (splitsLatency && freeCount == freeBefore) {
            found = System.nanoTime();
        }
        int slot = (int) tag;
        free[freeCount++] = slot;
        if (status != 0) {
            fail(slot, String.valueOf(CommandException.of(status).getMessage()));
        }
    }

    private void record(int slot, long now) {
        int direction = directions[slot];
        if (direction < 0) {
            return; // it failed
        }
        if (direction == unrecorded) {
            recordFlush(direction, now - submissionTimes[slot]);
            return; // a write that its flush comes after, or a flush by itself
        }
        direction = direction == FLUSH ? WRITE : direction;
        if (withMetadata != null && !isProtected(withMetadata, slot)) {
            return;
        }
        if (check != null) {
            check.completed(slot, direction == WRITE, startingLbas[slot], blocks[slot]);
        }
        long bytes = (long) blocks[slot] * bytesPerBlock;
        long submitted = submissionTimes[slot];
        boolean verifies = direction == VERIFY;
        long waited = isPaced && !verifies ? submitted - intendedStarts[slot] : 0;
        if (depthSearch != null && !verifies) {
            depthSearch.record(waited + now - submitted);
        }
        long end = splitsLatency ? found : now;
        meter.completed(verifies ? READ : direction, waited, end - submitted, now - end, bytes);
    }

    private void recordFlush(int direction, long nanos) {
        if (direction == FLUSH && !isAtEnd) {
            meter.flushed(nanos);
        }
    }

    /** Whether what was read is what its protection information says; fails the command if not. */
    private boolean isProtected(BlocksWithMetadata own, int slot) {
        int direction = directions[slot];
        ProtectionInformation.Mismatch wrong =
                direction == READ || direction == VERIFY
                        ? own.check(slot, startingLbas[slot], blocks[slot])
                        : null;
        if (wrong != null) {
            fail(
                    slot,
                    "protection information is wrong: %s of block %d of the command"
                            .formatted(wrong.part(), wrong.block()));
        }
        return wrong == null;
    }

    /** The command that the source has chosen. */
    private void prepare(int slot, long now) {
        int length = source.blocks();
        iosLeft--;
        bytesLeft -= (long) length * bytesPerBlock;
        if (isPaced) {
            intendedStarts[slot] = source.intendedStart();
        }
        prepare(slot, source.direction(), source.startingLba(), length, now);
    }

    private void prepare(int slot, int direction, long lba, int length, long now) {
        submissionTimes[slot] = now;
        if (outstanding() > depth) {
            standby.add(slot);
        }
        startingLbas[slot] = lba;
        blocks[slot] = length;
        directions[slot] = (byte) direction;
        if (refilled != null && direction == WRITE) {
            refill(refilled, slot, length);
        }
        if (check != null && direction == WRITE) {
            check.beforeWrite(slot, lba, length);
        }
        if (withMetadata != null && direction != TRIM) {
            withMetadata.prepare(queue, direction == WRITE, lba, length, slot);
        } else if (pieces != null && direction != TRIM) {
            pieces.list(slot, (long) length * bytesPerBlock);
            prepareList(pieces, direction == READ, lba, slot);
        } else if (direction == READ || direction == VERIFY) {
            queue.read(namespace, lba, length, buffer, slot * bytesPerSlot, slot);
        } else if (direction == WRITE) {
            queue.write(namespace, lba, length, buffer, slot * bytesPerSlot, slot);
        } else {
            queue.deallocate(namespace, lba, length, slot);
        }
    }

    /** All of a slot, where its data lie in pieces with something between. */
    private void refill(RefilledData own, int slot, int length) {
        long stride = withMetadata == null ? bytesPerBlock : withMetadata.bytesPerBlock();
        long bytes = pieces == null ? length * stride : bytesPerSlot;
        own.fill(buffer.segment(), slot * bytesPerSlot, bytes);
    }

    private void prepareList(Pieces own, boolean isRead, long lba, int slot) {
        if (isRead) {
            queue.read(namespace, lba, own.list(slot), slot);
        } else {
            queue.write(namespace, lba, own.list(slot), slot);
        }
    }

    /** Takes the slots of deallocations that have completed from the stack again. */
    private void writeWhatWasTrimmed(int before, long now) {
        int kept = before;
        for (int i = before; i < freeCount; i++) {
            int slot = free[i];
            if (directions[slot] == TRIM) {
                if (isPaced) {
                    intendedStarts[slot] = now;
                }
                prepare(slot, WRITE, startingLbas[slot], blocks[slot], now);
            } else {
                free[kept++] = slot;
            }
        }
        freeCount = kept;
    }

    /** Takes the slots of writes that a flush comes after from the stack again. */
    private void flushWhatWasWritten(int before, long now) {
        int kept = before;
        for (int i = before; i < freeCount; i++) {
            int slot = free[i];
            if (directions[slot] == WRITE && --untilFlush == 0) {
                untilFlush = flushing.every();
                submissionTimes[slot] = flushing.isPartOfWrite() ? submissionTimes[slot] : now;
                flush(slot);
            } else {
                free[kept++] = slot;
            }
        }
        freeCount = kept;
    }

    private void flush(int slot) {
        directions[slot] = FLUSH;
        queue.flush(namespace, slot);
    }

    /** Brings what was written to the medium, where that is asked for and has not been done. */
    void flushAtEnd() {
        if (flushing.atEnd() && !flushing.isPartOfWrite() && outstanding() == 0) {
            isAtEnd = true;
            flush(free[--freeCount]);
        }
    }

    private void fail(int slot, String reason) {
        Direction direction =
                switch (directions[slot]) {
                    case VERIFY -> Direction.READ;
                    case FLUSH -> Direction.WRITE;
                    default -> Direction.of(directions[slot]);
                };
        boolean movesNothing = directions[slot] == FLUSH && !flushing.isPartOfWrite();
        directions[slot] = -1;
        if (check != null && !movesNothing) {
            check.failed(startingLbas[slot], blocks[slot]);
        }
        failures.add(direction, startingLbas[slot], blocks[slot], reason);
    }

    /**
     * What completes from now on is measured, and limits count from now on. Takes no time, which
     * the commands in flight would be charged with.
     */
    void beginMeasurement(long now) {
        meter.beginMeasurement(now);
        iosLeft = numberOfIos == Long.MAX_VALUE ? numberOfIos : numberOfIos - outstanding();
        bytesLeft = numberOfBytes;
        if (depthSearch != null) {
            depthSearch.begin(now);
        }
        if (isPaced) {
            source.restart(now);
        }
    }

    int inFlight() {
        return queue.inFlight();
    }

    /** Whether there is more to do, or something in flight. */
    boolean isBusy() {
        if (depthSearch != null && depthSearch.endsJob()) {
            return false;
        }
        return (iosLeft > 0 && bytesLeft > 0) || outstanding() > 0;
    }

    /** What it measures. */
    TallyExchange exchange() {
        return meter.exchange();
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
        return Optional.ofNullable(depthSearch);
    }

    Depths depths() {
        return meter.depths();
    }

    Measured flushes() {
        return meter.flushes();
    }

    /** What was measured since the measurement began, and collected. */
    RunResult.Row row() {
        Measured[] total = exchange().total();
        return new RunResult.Row(target.label(), total[READ], total[WRITE], total[TRIM]);
    }

    /** When the last command completed, on {@link System#nanoTime}'s scale. */
    long lastCompletion() {
        return lastCompletion;
    }

    /** Says how many blocks were wrong, if any were. */
    void tellWrongBlocks() {
        if (check != null) {
            check.tellWrongBlocks();
        }
    }

    /** Commands that failed, and blocks that are wrong. */
    long errors() {
        return failures.count() + (check == null ? 0 : check.wrong());
    }

    Target target() {
        return target;
    }

    /** Deletes the queue pair, whatever is in flight, and frees the buffer. */
    @Override
    public void close() {
        meter.settle();
        source.end();
        queue.close();
        if (check != null) {
            check.close();
        }
        closeMemory();
    }

    private void closeMemory() {
        if (withMetadata != null) {
            withMetadata.close();
        }
        buffer.close();
    }
}
