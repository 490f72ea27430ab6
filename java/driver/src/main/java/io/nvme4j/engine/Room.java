// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import io.nvme4j.internal.engine.LaneRing;
import io.nvme4j.internal.wait.Nanos;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/**
 * Room for another command in the ring that the calling thread publishes to, for those who don't
 * look for it again and again: they try ({@link CallbackIo#trying}), and where there is none, they
 * are told here when there is some, once. Others may be quicker, so that the next try is one as
 * well. When the engine is closed all who wait are told, and learn of it when they try.
 *
 * <p>Places in a {@link CompletionRing} are another matter: who takes completions from it makes
 * them.
 *
 * <p>Thread-safe.
 */
public final class Room {
    private final Engine engine;

    Room(Engine engine) {
        this.engine = engine;
    }

    private LaneRing ring() {
        return engine.ring(engine.laneIndex());
    }

    /** {@return whether there is room at this moment} */
    public boolean isThere() {
        return ring().hasRoom();
    }

    /**
     * Has something run when there is room: on the reactor, where it must not block, or at once by
     * this thread where there is room already.
     *
     * @param action which is run once
     */
    public void whenThere(Runnable action) {
        ring().whenRoom(Objects.requireNonNull(action, "action"));
    }

    /** {@return a future that completes when there is room, on the reactor or at once} */
    public CompletableFuture<Void> future() {
        CompletableFuture<Void> future = new ReactorFuture<>(engine);
        whenThere(() -> future.complete(null));
        return future;
    }

    /**
     * Parks the calling thread, a platform or a virtual one, until there is room.
     *
     * @param limit how long to wait
     * @return whether there is; false if there was none in time, or the thread is interrupted
     * @throws IllegalStateException on a reactor, which would have to make the room
     */
    public boolean await(Duration limit) {
        long nanos = Nanos.ofLimit(limit);
        if (engine.isReactor()) {
            throw new IllegalStateException("a handler can't wait for its own reactor");
        }
        LaneRing ring = ring();
        Waiter waiter = new Waiter(Thread.currentThread());
        ring.whenRoom(waiter);
        if (!waiter.await(nanos)) {
            ring.forget(waiter);
        }
        return waiter.told;
    }

    private static final class Waiter implements Runnable {
        private final Thread thread;
        private volatile boolean told;

        Waiter(Thread thread) {
            this.thread = thread;
        }

        @Override
        public void run() {
            told = true;
            LockSupport.unpark(thread);
        }

        boolean await(long nanos) {
            long began = System.nanoTime();
            long left = nanos;
            while (!told && left > 0 && !thread.isInterrupted()) {
                LockSupport.parkNanos(this, left);
                left = nanos - (System.nanoTime() - began);
            }
            return told;
        }
    }
}
