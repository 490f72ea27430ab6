// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

import io.nvme4j.CompletionHandler;
import io.nvme4j.Controller;
import io.nvme4j.Namespace;
import io.nvme4j.QueuePair;
import io.nvme4j.error.CommandException;
import io.nvme4j.memory.DmaBuffer;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * One worker's road to one namespace: a queue pair that is kept full. This is the hot path: nothing
 * is allocated, locked or logged between {@link #fill} and the end of the run.
 *
 * <p>A command's tag is its slot, from 0 to depth - 1. A slot has its own part of the buffer and is
 * used again as soon as its command has completed.
 *
 * <p><b>What latency means here.</b> The clock is read once a round, right after {@link
 * QueuePair#process} returned. That reading is the time of completion of all commands reaped in the
 * round, and the time of submission of those that take their place: these are written next and go
 * out at the beginning of the next {@code process}. So a latency contains what the host spends on
 * preparing a batch and on walking its completions; it errs to the long side, never to the short.
 */
final class Lane implements CompletionHandler, AutoCloseable {
    /** Slots begin on pages, so that each I/O takes as few pages as it can. */
    private static final long SLOT_ALIGNMENT = 4096;

    private static final VarHandle COMPLETED = completedHandle();

    private final RunControl control;
    private final Target target;
    private final Namespace namespace;
    private final int blocks;
    private final long bytesPerSlot;
    private final long ioCount;
    private final boolean random;
    private final int readPercentage;
    private final RandomNumbers randomNumbers;

    private final QueuePair queue;
    private final DmaBuffer buffer;

    /* By slot. */
    private final long[] submissionTimes;
    private final long[] startingLbas;
    private final boolean[] isRead;

    /* Slots of the commands that this round has reaped. */
    private final int[] reaped;
    private int reapedCount;

    /* What the warm-up measures is thrown away. */
    private final Latencies measuredReads = new Latencies();
    private final Latencies measuredWrites = new Latencies();
    private Latencies reads = new Latencies();
    private Latencies writes = new Latencies();
    private long nextIo;
    private long lastCompletion;
    private long errors;

    @SuppressWarnings("unused") // by COMPLETED: other threads look at it while the run goes on
    private long completed;

    /** Creates the queue pair, which belongs to the calling thread, and its buffer. */
    Lane(Target target, BenchSettings settings, RunControl control, long seed) {
        this.control = control;
        this.target = target;
        this.namespace = target.namespace();
        this.blocks = Math.toIntExact(settings.ioSize() / namespace.blockSize());
        this.bytesPerSlot = (settings.ioSize() + SLOT_ALIGNMENT - 1) & -SLOT_ALIGNMENT;
        this.ioCount = namespace.blocks() / blocks;
        this.random = settings.workload().isRandom();
        this.readPercentage = settings.readPercentage();
        this.randomNumbers = new RandomNumbers(seed);
        int depth = settings.depth();
        this.submissionTimes = new long[depth];
        this.startingLbas = new long[depth];
        this.isRead = new boolean[depth];
        this.reaped = new int[depth];
        Controller controller = target.controller();
        this.buffer = controller.allocate(depth * bytesPerSlot);
        try {
            this.queue = controller.queuePair(depth);
        } catch (RuntimeException | Error e) {
            buffer.close();
            throw e;
        }
        if (settings.writes()) {
            fillWithRandomData(buffer.segment());
        }
    }

    private static VarHandle completedHandle() {
        try {
            return MethodHandles.lookup().findVarHandle(Lane.class, "completed", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Data that a device can neither compress nor recognise as zeros. */
    private void fillWithRandomData(MemorySegment segment) {
        for (long at = 0; at < segment.byteSize(); at += Long.BYTES) {
            segment.set(ValueLayout.JAVA_LONG, at, randomNumbers.next());
        }
    }

    /** Prepares as many commands as the queue takes. */
    void fill(long now) {
        for (int slot = 0; slot < submissionTimes.length; slot++) {
            prepare(slot, now);
        }
    }

    /**
     * Submits what is prepared, reaps, and prepares a command for each that has completed.
     *
     * @return the time right after reaping
     */
    long round() {
        queue.process(this);
        long now = System.nanoTime();
        for (int i = 0; i < reapedCount; i++) {
            int slot = reaped[i];
            record(slot, now);
            prepare(slot, now);
        }
        endRound(now);
        return now;
    }

    /** As {@link #round}, but nothing takes the place of what has completed. */
    long drainRound() {
        queue.process(this);
        long now = System.nanoTime();
        for (int i = 0; i < reapedCount; i++) {
            record(reaped[i], now);
        }
        endRound(now);
        return now;
    }

    @Override
    public void onCompletion(long tag, int status, int result) {
        int slot = (int) tag;
        if (status == 0) {
            reaped[reapedCount++] = slot;
        } else {
            fail(slot, status);
        }
    }

    private void record(int slot, long now) {
        Latencies latencies = isRead[slot] ? reads : writes;
        latencies.record(now - submissionTimes[slot]);
    }

    private void endRound(long now) {
        if (reapedCount > 0) {
            lastCompletion = now;
            COMPLETED.setOpaque(this, completed + reapedCount);
            reapedCount = 0;
        }
    }

    private void prepare(int slot, long now) {
        long lba = nextLba();
        boolean read = nextIsRead();
        submissionTimes[slot] = now;
        startingLbas[slot] = lba;
        isRead[slot] = read;
        long offset = slot * bytesPerSlot;
        if (read) {
            queue.read(namespace, lba, blocks, buffer, offset, slot);
        } else {
            queue.write(namespace, lba, blocks, buffer, offset, slot);
        }
    }

    private long nextLba() {
        if (random) {
            return randomNumbers.below(ioCount) * blocks;
        }
        long io = nextIo;
        nextIo = io + 1 == ioCount ? 0 : io + 1;
        return io * blocks;
    }

    private boolean nextIsRead() {
        return readPercentage == 100
                || (readPercentage > 0 && randomNumbers.below(100) < readPercentage);
    }

    /** Off the hot path: the first error ends the run. */
    private void fail(int slot, int status) {
        errors++;
        control.fail(
                "%s of %d blocks at LBA %d of %s failed: %s"
                        .formatted(
                                isRead[slot] ? "read" : "write",
                                blocks,
                                startingLbas[slot],
                                target.label(),
                                CommandException.of(status).getMessage()));
    }

    /**
     * What completes from now on is measured. Takes no time, which the commands in flight would be
     * charged with.
     */
    void beginMeasurement() {
        reads = measuredReads;
        writes = measuredWrites;
    }

    int inFlight() {
        return queue.inFlight();
    }

    /** Commands that have completed so far, those of the warm-up among them. For any thread. */
    long completed() {
        return (long) COMPLETED.getOpaque(this);
    }

    /** Reads since the measurement began. */
    Latencies reads() {
        return measuredReads;
    }

    /** Writes since the measurement began. */
    Latencies writes() {
        return measuredWrites;
    }

    /** When the last command completed, on {@link System#nanoTime}'s scale. */
    long lastCompletion() {
        return lastCompletion;
    }

    long errors() {
        return errors;
    }

    Target target() {
        return target;
    }

    /** Deletes the queue pair, whatever is in flight, and frees the buffer. */
    @Override
    public void close() {
        queue.close();
        buffer.close();
    }
}
