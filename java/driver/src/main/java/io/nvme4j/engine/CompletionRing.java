// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import com.lmax.disruptor.EventPoller;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.YieldingWaitStrategy;

import io.nvme4j.CompletionHandler;
import io.nvme4j.internal.wait.Backoff;
import io.nvme4j.internal.wait.Nanos;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A Disruptor ring that reactors put completions into, and a thread of the caller's takes them
 * from: {@link #handler} is what commands are published with.
 *
 * <p>Each command has its place in the ring from its publishing on, so that reactors never wait. A
 * publisher waits for a place as it does for one in the engine's ring; so the thread that takes
 * completions must not be kept waiting by publishing, if it is the same: it asks for no wait
 * ({@link IoOptions#waitForRoom}), and takes completions when there is no room.
 */
public final class CompletionRing {
    private static final int MAXIMUM_SIZE = 1 << 24;
    private static final Backoff BACKOFF = new Backoff(20, 1_000, 20_000);

    private final RingBuffer<Completion> ring;
    private final EventPoller<Completion> poller;
    private final Delivery delivery = new Delivery();
    private final Inlet inlet = new Inlet();
    private final AtomicLong reserved = new AtomicLong();
    private final AtomicBoolean polling = new AtomicBoolean();

    private static final class Completion {
        long tag;
        int status;
        int result;
    }

    /**
     * Makes a ring.
     *
     * @param size commands that are published with its handler and not taken yet; a power of two up
     *     to 16,777,216
     * @throws IllegalArgumentException if it isn't
     */
    public CompletionRing(int size) {
        if (Integer.bitCount(size) != 1 || size < 1 || size > MAXIMUM_SIZE) {
            throw new IllegalArgumentException(
                    "a completion ring has a power of two of places, up to %d, not %d"
                            .formatted(MAXIMUM_SIZE, size));
        }
        ring = RingBuffer.createMultiProducer(Completion::new, size, new YieldingWaitStrategy());
        poller = ring.newPoller();
        ring.addGatingSequences(poller.getSequence());
    }

    /** {@return the handler of commands whose completions come here} */
    public CompletionHandler handler() {
        return inlet;
    }

    /**
     * {@return how many commands were published with the handler and their completions not taken}
     */
    public long outstanding() {
        return reserved.get() - taken();
    }

    /**
     * Takes the completions that are there. One thread at a time.
     *
     * @param consumer told of each; if it throws, the exception comes out of here, and the next
     *     call goes on with the completion after
     * @return how many
     * @throws IllegalStateException if called by the consumer, or while another thread polls
     */
    public int poll(CompletionHandler consumer) {
        Objects.requireNonNull(consumer, "a completion ring tells a consumer, not null");
        if (polling.getAndSet(true)) {
            throw new IllegalStateException(
                    "completions are being taken already: by another thread, or by the consumer"
                            + " that this is called from");
        }
        try {
            return deliver(consumer);
        } finally {
            polling.set(false);
        }
    }

    private int deliver(CompletionHandler consumer) {
        long before = taken();
        delivery.consumer = consumer;
        try {
            poller.poll(delivery);
        } catch (Exception e) {
            throw new AssertionError("the delivery throws nothing", e);
        }
        delivery.rethrow();
        return (int) (taken() - before);
    }

    /** Tells the consumer; one that throws has had its completion all the same. */
    private static final class Delivery implements EventPoller.Handler<Completion> {
        CompletionHandler consumer = (tag, status, result) -> {};
        private @Nullable Throwable failure;

        @Override
        public boolean onEvent(Completion completion, long sequence, boolean endOfBatch) {
            try {
                consumer.onCompletion(completion.tag, completion.status, completion.result);
            } catch (RuntimeException | Error e) {
                failure = e;
            }
            return failure == null;
        }

        void rethrow() {
            Throwable thrown = failure;
            failure = null;
            if (thrown instanceof Error error) {
                throw error;
            }
            if (thrown instanceof RuntimeException exception) {
                throw exception;
            }
        }
    }

    /**
     * Takes the completions that are there, waiting for one if there is none.
     *
     * @param consumer which is told of each completion by the calling thread
     * @param limit how long to wait
     * @return how many; 0 if there was none in time, or the thread was interrupted
     */
    public int take(CompletionHandler consumer, Duration limit) {
        long deadline = System.nanoTime() + Nanos.ofLimit(limit);
        for (int vain = 0; ; vain++) {
            int count = poll(consumer);
            if (count > 0
                    || System.nanoTime() - deadline >= 0
                    || Thread.currentThread().isInterrupted()) {
                return count;
            }
            BACKOFF.pause(vain);
        }
    }

    /** Completions that were taken so far. */
    private long taken() {
        return poller.getSequence().get() + 1;
    }

    /** The reactors' end of the ring. */
    final class Inlet implements CompletionHandler {
        /** Keeps a place for a command that is about to be published. */
        boolean reserve(long limitNanos) {
            if (tryReserve()) {
                return true;
            }
            long began = System.nanoTime();
            for (int vain = 0; System.nanoTime() - began < limitNanos; vain++) {
                if (tryReserve()) {
                    return true;
                }
                BACKOFF.pause(vain);
            }
            return false;
        }

        private boolean tryReserve() {
            long now = reserved.get();
            while (now - taken() < ring.getBufferSize()) {
                if (reserved.compareAndSet(now, now + 1)) {
                    return true;
                }
                now = reserved.get();
            }
            return false;
        }

        /** The command was not published. */
        void giveBack() {
            reserved.decrementAndGet();
        }

        @Override
        public void onCompletion(long tag, int status, int result) {
            long sequence = ring.next(); // there is room: the command has had its place
            Completion completion = ring.get(sequence);
            completion.tag = tag;
            completion.status = status;
            completion.result = result;
            ring.publish(sequence);
        }
    }
}
