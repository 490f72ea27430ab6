// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.engine;

import io.nvme4j.error.CompletionStatus;
import io.nvme4j.error.Errno;
import io.nvme4j.internal.queue.CommandQueue;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.CountDownLatch;

/**
 * Whether a lane has a queue pair, and what requests complete with when it has none. The reactor's
 * alone, but for what other threads ask for, which says so.
 */
public final class LaneLife {
    /** What requests of a lane that was given up complete with. */
    static final int CANCELLED = CompletionStatus.ofErrno(Errno.ECANCELED);

    private enum State {
        /** There is a queue pair. */
        OPEN,

        /** The queue pair has failed, and another is being made; requests wait. */
        RECOVERING,

        /** The queue pair has failed, and there will be no other; requests fail. */
        FAILED,

        /** The lane was abandoned; requests are cancelled. */
        DROPPED
    }

    /**
     * What a recovery has come to.
     *
     * @param queue made; null where it gave up
     * @param failure what requests complete with then; 0 otherwise
     */
    private record Outcome(@Nullable CommandQueue queue, int failure) {}

    private final Recovery recovery;
    private final Reactor reactor;
    private final CountDownLatch finished = new CountDownLatch(1);

    private State state = State.OPEN;

    /** Of FAILED and DROPPED; 0 before. */
    private int failure;

    private volatile boolean abandoned;
    private volatile @Nullable Outcome outcome;

    public LaneLife(Recovery recovery, Reactor reactor) {
        this.recovery = recovery;
        this.reactor = reactor;
    }

    /* ---- Any thread ---- */

    Reactor reactor() {
        return reactor;
    }

    /** Asks for the lane to be dropped. */
    void abandon() {
        abandoned = true;
        reactor.wake();
    }

    /** Tells that there is a new queue pair for the lane. */
    synchronized void recovered(CommandQueue queue) {
        if (abandoned || finished.getCount() == 0) {
            queue.close();
        } else {
            outcome = new Outcome(queue, 0);
        }
        reactor.wake();
    }

    /**
     * Tells that there will be no other queue pair.
     *
     * @param status what requests complete with
     */
    synchronized void gaveUp(int status) {
        outcome = new Outcome(null, status);
        reactor.wake();
    }

    CountDownLatch finished() {
        return finished;
    }

    /* ---- The reactor ---- */

    boolean isOpen() {
        return state == State.OPEN;
    }

    boolean isRecovering() {
        return state == State.RECOVERING;
    }

    /** What requests complete with instead of being sent; 0 while they are sent, or wait. */
    int failure() {
        return failure;
    }

    /** Whether the lane was abandoned and isn't dropped yet. */
    boolean mustDrop() {
        return abandoned && state != State.DROPPED;
    }

    /** Whether a recovery has ended, which {@link #settle} hasn't looked at yet. */
    boolean hasOutcome() {
        return outcome != null;
    }

    /** Whether the state is one that the lane can end in. */
    boolean isSettled() {
        return state == State.DROPPED || (state != State.RECOVERING && !abandoned);
    }

    /**
     * The queue pair has failed: has another made, if that is wanted.
     *
     * @param status what requests complete with otherwise
     * @param depth of the next queue pair
     */
    void fail(int status, int depth) {
        assert state == State.OPEN;
        if (abandoned || !recovery.start(this, depth)) {
            become(State.FAILED, status);
        } else {
            become(State.RECOVERING, 0);
        }
    }

    /**
     * Takes note of how a recovery has ended.
     *
     * @return the lane's new queue pair; null where there is none
     */
    synchronized @Nullable CommandQueue settle() {
        Outcome ended = outcome;
        outcome = null;
        if (ended == null) {
            return null;
        }
        CommandQueue made = ended.queue;
        if (state != State.RECOVERING) {
            closeUnused(made);
            return null;
        }
        become(made == null ? State.FAILED : State.OPEN, ended.failure);
        return made;
    }

    /** From here on nothing is sent any more. */
    void drop() {
        become(State.DROPPED, CANCELLED);
    }

    /** The lane has ended. */
    synchronized void finish() {
        Outcome late = outcome;
        outcome = null;
        closeUnused(late == null ? null : late.queue);
        finished.countDown();
    }

    private static void closeUnused(@Nullable CommandQueue made) {
        if (made != null) {
            made.close();
        }
    }

    private void become(State next, int status) {
        assert state != State.DROPPED;
        assert (next == State.FAILED || next == State.DROPPED) == (status != 0);
        state = next;
        failure = status;
    }
}
