// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import com.lmax.disruptor.EventPoller;
import com.lmax.disruptor.RingBuffer;

import io.nvme4j.error.Errno;
import io.nvme4j.error.ShimException;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.queue.CommandQueue;
import io.nvme4j.queue.SubmissionRecord;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * The thread behind an {@link Engine}: takes requests from the ring as far as the queue pair has
 * slots, gives runs of neighbouring records to C where they lie, and tells the handlers.
 *
 * <p>A record is C's until the exchange returns, and the ring's only after {@link EventPoller#poll}
 * has returned; so every run is exchanged inside {@link #onEvent}.
 */
final class Reactor implements Runnable, EventPoller.Handler<Request>, CommandQueue.SlotHandler {
    private static final int SPINS = 1_000;
    private static final long PARK_NANOS = 50_000;

    private final CommandQueue queue;
    private final RingBuffer<Request> ring;
    private final EventPoller<Request> poller;
    private final MemorySegment records;
    private final BooleanSupplier closed;

    private final @Nullable CompletionHandler[] handlers;
    private final long[] tags;

    /* The run of records that waits for its exchange. */
    private long runStart;
    private int runLength;

    /* Set once the queue pair has failed: what further requests complete with. */
    private int failure;

    Reactor(
            CommandQueue queue,
            RingBuffer<Request> ring,
            MemorySegment records,
            BooleanSupplier closed) {
        this.queue = queue;
        this.ring = ring;
        this.poller = ring.newPoller();
        ring.addGatingSequences(poller.getSequence());
        this.records = records;
        this.closed = closed;
        this.handlers = new CompletionHandler[queue.depth()];
        this.tags = new long[queue.depth()];
    }

    @Override
    public void run() {
        int idle = 0;
        while (!isDone()) {
            idle = work() ? 0 : idle + 1;
            rest(idle);
        }
        queue.close();
    }

    /** Closed, and every sequence that was claimed is consumed and completed. */
    private boolean isDone() {
        return closed.getAsBoolean()
                && poller.getSequence().get() == ring.getCursor()
                && queue.available() == queue.depth();
    }

    private boolean work() {
        boolean took = queue.available() > 0 && poll() == EventPoller.PollState.PROCESSING;
        int told = queue.available() < queue.depth() ? exchange() : 0;
        return took || told > 0;
    }

    private EventPoller.PollState poll() {
        try {
            return poller.poll(this);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError("onEvent throws nothing that is checked", e);
        }
    }

    @Override
    public boolean onEvent(Request request, long sequence, boolean endOfBatch) {
        CompletionHandler handler = request.handler;
        int refusal = refusal(request.buffer);
        boolean submits = handler != null && refusal == 0;
        if (submits) {
            add(request, Objects.requireNonNull(handler));
        }
        if (!submits || endOfBatch || request.lastInRing || queue.available() == 0) {
            exchange();
        }
        if (handler != null && !submits) {
            tell(handler, request.tag, refusal, 0);
        }
        return queue.available() > 0;
    }

    /** What a request completes with instead of being submitted, or 0. */
    private int refusal(@Nullable DmaBuffer buffer) {
        if (failure != 0) {
            return failure;
        }
        return buffer == null || buffer.isAlive() ? 0 : Errno.EFAULT << 16;
    }

    private void add(Request request, CompletionHandler handler) {
        int slot = queue.nextSlot();
        DmaBuffer buffer = request.buffer;
        if (buffer == null) {
            SubmissionRecord.putNoData(records, request.record);
        } else {
            queue.mapData(
                    slot, records, request.record, buffer.mapped(), request.offset, request.length);
        }
        SubmissionRecord.putTag(records, request.record, slot);
        queue.take();
        handlers[slot] = handler;
        tags[slot] = request.tag;
        if (runLength++ == 0) {
            runStart = request.record;
        }
    }

    /** Submits the run, reaps, and tells the handlers. */
    private int exchange() {
        int count = runLength;
        runLength = 0;
        try {
            queue.exchange(records, runStart, count);
        } catch (ShimException e) {
            failure = e.errno() << 16;
        }
        return queue.deliver(this);
    }

    @Override
    public void completed(int slot, int status, int result) {
        CompletionHandler handler = Objects.requireNonNull(handlers[slot]);
        handlers[slot] = null;
        tell(handler, tags[slot], status, result);
    }

    private static void tell(CompletionHandler handler, long tag, int status, int result) {
        try {
            handler.onCompletion(tag, status, result);
        } catch (Throwable e) {
            // One caller's mistake must not end everybody's reactor.
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
        }
    }

    /** Spins for a while, then sleeps between looks, the longer nothing has happened. */
    private static void rest(int idle) {
        if (idle > SPINS) {
            LockSupport.parkNanos(PARK_NANOS);
        } else if (idle > 0) {
            Thread.onSpinWait();
        }
    }
}
