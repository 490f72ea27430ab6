// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.engine;

import com.lmax.disruptor.Sequence;

import io.nvme4j.CompletionHandler;
import io.nvme4j.error.CompletionStatus;
import io.nvme4j.error.Errno;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Requests of a lane that end early, wherever they are: in the ring, held, or in flight. They have
 * taken too long, or somebody cancels them. The reactor's alone, but for {@link #cancel}.
 */
final class LaneDeadlines {
    static final int TIMED_OUT = CompletionStatus.ofErrno(Errno.ETIMEDOUT);

    /** Rounds between looks at the clock. */
    private static final int ROUNDS_PER_LOOK = 64;

    /** Time between looks at the deadlines of all that waits in the ring. */
    private static final long NANOS_PER_RING_LOOK = 1_000_000;

    private final LaneRing ring;
    private final Sequence taken;
    private final HeldRequest held;
    private final LaneCommands commands;
    private final Slots slots;
    private final boolean abortsLate;
    private final Queue<Long> cancellations = new ConcurrentLinkedQueue<>();
    private int rounds;
    private long lastRingLook = System.nanoTime();

    /**
     * @param taken the last sequence that was taken from the ring
     * @param abortsLate whether the controller is asked to abort what has timed out
     */
    LaneDeadlines(
            LaneRing ring,
            Sequence taken,
            HeldRequest held,
            LaneCommands commands,
            boolean abortsLate) {
        this.ring = ring;
        this.taken = taken;
        this.held = held;
        this.commands = commands;
        this.slots = commands.slots();
        this.abortsLate = abortsLate;
    }

    /* ---- Any thread ---- */

    /** Asks for the command of a sequence to be aborted, or not to be sent. */
    void cancel(long sequence) {
        cancellations.add(sequence);
    }

    /** Whether somebody has asked, and was not heard yet. */
    boolean hasCancellations() {
        return !cancellations.isEmpty();
    }

    /* ---- The reactor ---- */

    static boolean hasPassed(long deadline, long now) {
        return deadline != 0 && now - deadline >= 0;
    }

    /** A round of the reactor's: looks at the deadlines in one of many. */
    void round(boolean takes) {
        if (++rounds % ROUNDS_PER_LOOK == 0) {
            expire(takes);
        }
    }

    /**
     * Tells of all that has taken too long.
     *
     * @param takes whether requests are taken from the ring, which looks at their deadlines
     */
    void expire(boolean takes) {
        if (takes && !slots.hasDeadlines()) {
            return;
        }
        long now = System.nanoTime();
        if (slots.mayHaveExpired(now)) {
            expireSlots(now);
        }
        if (!takes && now - lastRingLook >= NANOS_PER_RING_LOOK) {
            lastRingLook = now;
            expireHeld(now);
            expireRing(now);
        }
    }

    private void expireHeld(long now) {
        if (hasPassed(held.caller().deadline(), now)) {
            held.end(TIMED_OUT);
        }
    }

    /** What can't be taken because the device does not get on. */
    private void expireRing(long now) {
        long last = ring.cursor();
        for (long sequence = firstWaiting();
                sequence <= last && ring.isPublished(sequence);
                sequence++) {
            Request request = ring.request(sequence);
            if (request.kind != Request.NOTHING && hasPassed(request.deadline, now)) {
                endWaiting(request, TIMED_OUT);
            }
        }
    }

    private long firstWaiting() {
        return taken.get() + 1;
    }

    private void endWaiting(Request request, int status) {
        request.end();
        commands.tell(request.handler, request.tag, status, 0);
    }

    private void expireSlots(long now) {
        for (int slot = slots.nextExpired(0, now);
                slot < slots.count();
                slot = slots.nextExpired(slot + 1, now)) {
            long tag = slots.tag(slot);
            CompletionHandler handler = slots.release(slot);
            if (abortsLate) {
                commands.abort(slot);
            }
            if (handler != null) {
                commands.tell(handler, tag, TIMED_OUT, 0);
            }
        }
        slots.findEarliest();
    }

    /** Cancels one of those that were asked for. Returns whether there was one. */
    boolean cancelNext() {
        Long sequence = cancellations.peek(); // one a round: an Abort takes its time
        if (sequence == null) {
            return false;
        }
        cancelNow(sequence);
        cancellations.remove(); // and only now: see Lane.isSettled
        return true;
    }

    private void cancelNow(long sequence) {
        if (sequence >= firstWaiting()) {
            if (ring.isPublished(sequence) && ring.request(sequence).kind != Request.NOTHING) {
                endWaiting(ring.request(sequence), LaneLife.CANCELLED);
            }
            return;
        }
        if (held.caller().sequence() == sequence) {
            held.end(LaneLife.CANCELLED);
        }
        for (int slot = slots.find(0, sequence);
                slot < slots.count();
                slot = slots.find(slot + 1, sequence)) {
            commands.abort(slot);
        }
    }
}
