// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.engine;

import com.lmax.disruptor.EventPoller;
import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.YieldingWaitStrategy;

import io.nvme4j.internal.memory.AsymmetricFence;
import io.nvme4j.internal.queue.RecordArray;
import io.nvme4j.internal.queue.SubmissionRecord;
import io.nvme4j.internal.wait.Backoff;
import io.nvme4j.internal.wait.Uncaught;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The Disruptor ring in front of a lane, with a native submission record for each event. This is
 * the publishers' side; any thread, or with a single producer one at a time.
 */
public final class LaneRing {
    /** Instead of a sequence: the ring stayed full for as long as the publisher would wait. */
    public static final long NO_ROOM = -1;

    private static final long NAP_NANOS = 20_000;

    /**
     * Between looks for room. The reactor makes some within microseconds, for which a publisher
     * that has a processor to itself spins: each yield would be a system call.
     */
    private static final Backoff BACKOFF = new Backoff(300, 1_000, NAP_NANOS);

    /** For a virtual thread napping is cheap, and its carrier has others to run. */
    private static final Backoff VIRTUAL_BACKOFF = new Backoff(20, 0, NAP_NANOS);

    private static final VarHandle PRODUCER = handleOfProducer();

    private final int lane;
    private final RingBuffer<Request> ring;
    private final RecordArray records;
    private final Reactor reactor;
    private final boolean singleProducer;

    /* Who waits for room without looking for it. */
    private final Queue<Runnable> waiters = new ConcurrentLinkedQueue<>();

    /* The last claim of a single producer, whose ring moves the cursor only when it publishes. */
    private final Sequence claimed = new Sequence();

    /** The single producer: who published first. Only that thread ever sees itself here. */
    @SuppressWarnings("unused") // but by its handle
    private @Nullable Thread producer;

    /* Read after a sequence was claimed; see claim(). */
    private volatile boolean closing;
    private volatile boolean closed;

    /**
     * @param lane number of the lane that it is in front of
     * @param records one for each event
     * @param size events, a power of two
     */
    public LaneRing(
            int lane, RecordArray records, int size, boolean singleProducer, Reactor reactor) {
        this.lane = lane;
        this.reactor = reactor;
        this.singleProducer = singleProducer;
        this.records = records;
        int[] index = {0};
        YieldingWaitStrategy unused = new YieldingWaitStrategy(); // reactors poll
        this.ring =
                singleProducer
                        ? RingBuffer.createSingleProducer(
                                () -> newRequest(index[0]++, size), size, unused)
                        : RingBuffer.createMultiProducer(
                                () -> newRequest(index[0]++, size), size, unused);
    }

    private static VarHandle handleOfProducer() {
        try {
            return MethodHandles.lookup().findVarHandle(LaneRing.class, "producer", Thread.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private Request newRequest(int index, int size) {
        return new Request(
                this, records.begin() + index * SubmissionRecord.BYTES, index == size - 1);
    }

    /** The reactor's end. Once. */
    EventPoller<Request> newPoller() {
        EventPoller<Request> poller = ring.newPoller();
        ring.addGatingSequences(poller.getSequence());
        return poller;
    }

    RecordArray records() {
        return records;
    }

    public int lane() {
        return lane;
    }

    /** The last sequence that was claimed. */
    long cursor() {
        return singleProducer ? claimed.get() : ring.getCursor();
    }

    /**
     * Whether a sequence that the reactor has not taken yet was published. The ring takes one that
     * nobody has claimed, of a made-up ticket, for another with the same lower bits.
     */
    boolean isPublished(long sequence) {
        return sequence <= cursor() && ring.isAvailable(sequence);
    }

    public Request request(long sequence) {
        return ring.get(sequence);
    }

    /**
     * The next event, which the caller fills and then publishes.
     *
     * <p>Claiming moves {@link #cursor}, and only then is {@link #closing} read; a close sets that,
     * and only after a fence {@link #closed}, after which the reactor reads the cursor. So either
     * the claim is given up here, or the reactor waits for it.
     *
     * @param roomNanos how long to wait while the ring is full
     * @return the event, or null if there is no room
     * @throws IllegalStateException if the engine is closed, or has a single producer that is
     *     another thread
     */
    public @Nullable Request claim(long roomNanos) {
        checkOpen();
        if (singleProducer) {
            checkProducer();
        }
        long sequence = ring.hasAvailableCapacity(1) ? tryClaim() : NO_ROOM;
        if (sequence == NO_ROOM && roomNanos > 0) {
            sequence = claimWaiting(roomNanos);
        }
        return sequence == NO_ROOM ? null : claimed(sequence);
    }

    private Request claimed(long sequence) {
        Request request = ring.get(sequence);
        request.sequence = sequence;
        if (closing) {
            request.kind = Request.NOTHING;
            publish(request);
            wake();
            checkOpen();
        }
        return request;
    }

    private void checkProducer() {
        Thread current = Thread.currentThread();
        if (producer != current && !PRODUCER.compareAndSet(this, null, current)) {
            throw new IllegalStateException(
                    "the engine was made for a single producer, and another thread is that");
        }
    }

    private long tryClaim() {
        try {
            long sequence = ring.tryNext();
            if (singleProducer) {
                claimed.set(sequence);
                AsymmetricFence.light();
            }
            return sequence;
        } catch (InsufficientCapacityException e) {
            return NO_ROOM;
        }
    }

    private long claimWaiting(long roomNanos) {
        wake(); // what fills the ring may be a batch of which nobody has told
        Backoff backoff = Thread.currentThread().isVirtual() ? VIRTUAL_BACKOFF : BACKOFF;
        long began = System.nanoTime();
        for (int vain = 0; ; vain++) {
            if (ring.hasAvailableCapacity(1)) {
                long sequence = tryClaim();
                if (sequence != NO_ROOM) {
                    return sequence;
                }
            }
            checkOpen();
            if (backoff.isOver(vain) && System.nanoTime() - began >= roomNanos) {
                return NO_ROOM;
            }
            backoff.pause(vain);
        }
    }

    /** Publishes what was claimed; a reactor that sleeps needs a {@link #wake} to see it. */
    public void publish(Request request) {
        ring.publish(request.sequence);
    }

    /** Ends the sleep of the reactor, if it sleeps. */
    public void wake() {
        reactor.wake();
    }

    /** Whether an event could be claimed at this moment. */
    public boolean hasRoom() {
        return ring.hasAvailableCapacity(1);
    }

    /**
     * Has somebody told, once, when there is room: by the reactor, or here where there is some
     * already. As with sleeps (see {@link Idler}), who waits says so and only then looks for room,
     * and the reactor makes room and only then looks who waits.
     */
    public void whenRoom(Runnable waiter) {
        waiters.add(waiter);
        AsymmetricFence.heavy();
        if (closing || hasRoom()) {
            tellWaiters();
        }
    }

    /** Has somebody not told any more. */
    public void forget(Runnable waiter) {
        waiters.remove(waiter);
    }

    /** The reactor has taken requests: tells as many waiters as there is room for. */
    void tellOfRoom() {
        AsymmetricFence.light();
        if (!waiters.isEmpty()) {
            tellWaiters();
        }
    }

    private void tellWaiters() {
        for (long left = closing ? Long.MAX_VALUE : ring.remainingCapacity(); left > 0; left--) {
            Runnable waiter = waiters.poll();
            if (waiter == null) {
                return;
            }
            Uncaught.run(waiter);
        }
    }

    /** No claim succeeds from now on, which those who wait for room learn when they try. */
    void close() {
        closing = true;
        AsymmetricFence.heavy();
        closed = true;
        tellWaiters();
    }

    boolean isClosed() {
        return closed;
    }

    private void checkOpen() {
        if (closing) {
            throw new IllegalStateException("the engine is closed");
        }
    }
}
