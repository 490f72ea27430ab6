// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.engine;

import com.lmax.disruptor.EventPoller;

import io.nvme4j.error.CompletionStatus;
import io.nvme4j.error.Errno;
import io.nvme4j.internal.map.MappedMemory;
import io.nvme4j.internal.memory.Closings;
import io.nvme4j.internal.queue.CommandQueue;
import io.nvme4j.memory.DmaBuffer;

import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/**
 * One queue pair of an engine, and the ring in front of it: takes requests from the ring as far as
 * the queue pair has slots, and gives runs of neighbouring records to C where they lie. What became
 * of them is {@link LaneCommands}' business, when they end early {@link LaneDeadlines}', and
 * whether there is a queue pair {@link LaneLife}'s. All of it on one reactor; what other threads
 * call says so.
 *
 * <p>A record is C's until the exchange returns, and the ring's only after {@link EventPoller#poll}
 * has returned; so every run is exchanged inside {@link #onEvent}.
 */
public final class Lane implements EventPoller.Handler<Request>, Closings.User {
    private final Closings closings;
    private final LaneRing ring;
    private final EventPoller<Request> poller;
    private final Reactor reactor;
    private final LaneLife life;
    private final LaneCommands commands;
    private final HeldRequest held;
    private final LaneDeadlines deadlines;

    /* The run of records that waits for its exchange. */
    private long runStart;
    private int runLength;

    /**
     * @param abortsLate whether the controller is asked to abort what has timed out
     */
    public Lane(
            Closings closings,
            LaneRing ring,
            LaneLife life,
            LaneCommands commands,
            boolean abortsLate) {
        this.closings = closings;
        this.ring = ring;
        this.poller = ring.newPoller();
        this.reactor = life.reactor();
        this.life = life;
        this.commands = commands;
        this.held = new HeldRequest(commands, life);
        this.deadlines = new LaneDeadlines(ring, poller.getSequence(), held, commands, abortsLate);
    }

    /* ---- Any thread ---- */

    public LaneRing ring() {
        return ring;
    }

    public LaneCommands commands() {
        return commands;
    }

    /** Commands that can be in flight at once. */
    public int depth() {
        return commands.depth();
    }

    /** The reactor's. */
    public Thread thread() {
        return reactor.thread();
    }

    /** Requests that were published and are still in the ring. */
    public int waiting() {
        return (int) Math.max(0, ring.cursor() - poller.getSequence().get());
    }

    /** Has the reactor run it, until {@link #finish}. */
    public void start() {
        closings.add(this);
        reactor.add(this);
    }

    /** Asks for a command to be aborted, or not to be sent. */
    public void cancel(long sequence) {
        deadlines.cancel(sequence);
        reactor.wake();
    }

    /** Lets nothing in any more; the lane is done when all that is in has completed. */
    public void close() {
        ring.close();
        reactor.wake();
    }

    /** Lets nothing in, and waits for nothing: all that has not completed is cancelled. */
    public void abandon() {
        ring.close();
        life.abandon();
    }

    public CountDownLatch finished() {
        return life.finished();
    }

    /** None: {@link CommandQueue} counts its own. */
    @Override
    public int countUses(MappedMemory memory) {
        return 0;
    }

    /** None, as above. */
    @Override
    public void forEachUse(Consumer<MappedMemory> found) {}

    @Override
    public void checkMayWait() {
        if (reactor.isCurrentThread()) {
            throw new IllegalStateException("a handler can't wait for its own reactor");
        }
    }

    @Override
    public boolean isSettled() {
        return !deadlines.hasCancellations();
    }

    /* ---- The reactor ---- */

    /** Does what there is to do now. Returns whether there was anything. */
    boolean work() {
        boolean worked = takeOrders();
        if (life.mustDrop()) {
            drop();
        }
        if (life.isRecovering()) {
            deadlines.expire(false);
            return worked;
        }
        worked |= take();
        ring.tellOfRoom();
        commands.reapIfSuspect();
        deadlines.round(mayTake());
        return worked;
    }

    private boolean takeOrders() {
        boolean worked = deadlines.cancelNext();
        if (life.hasOutcome()) {
            CommandQueue made = life.settle();
            if (made != null) {
                commands.use(made);
            }
            return true;
        }
        return worked;
    }

    /** Cancels all that has not completed. */
    private void drop() {
        commands.drop();
        held.resume();
    }

    /** Takes requests from the ring and exchanges, or only exchanges where there are none. */
    private boolean take() {
        boolean resumed = held.resume();
        if (mayTake() && poll() == EventPoller.PollState.PROCESSING) {
            return true;
        }
        return resumed || (!commands.isIdle() && commands.reap() > 0);
    }

    /** Lets a queue pair without commands notice that it has failed. */
    void lookAfter() {
        if (commands.isIdle()) {
            commands.reap();
        }
    }

    /** Whether it has to be looked after soon. */
    boolean mustPoll() {
        return !commands.isIdle() || !held.isEmpty() || (life.isRecovering() && !isDrained());
    }

    /** Whether there is something to do for an idle lane. */
    boolean hasWork() {
        return mustPoll()
                || !isDrained()
                || deadlines.hasCancellations()
                || life.mustDrop()
                || life.hasOutcome()
                || isDone();
    }

    /** Closed, and every sequence that was claimed is taken and completed. */
    boolean isDone() {
        return ring.isClosed()
                && life.isSettled()
                && isDrained()
                && held.isEmpty()
                && commands.isIdle();
    }

    private boolean isDrained() {
        return poller.getSequence().get() == ring.cursor();
    }

    /** Gives the queue pair back. The last call of the reactor's; or of who never had it run. */
    public void finish() {
        commands.finish();
        closings.remove(this);
        life.finish();
    }

    /** Whether requests are taken from the ring: to be sent, or to be refused. */
    private boolean mayTake() {
        return held.isEmpty() && (life.isOpen() ? commands.hasRoom() : life.failure() != 0);
    }

    private EventPoller.PollState poll() {
        commands.observer().look();
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
        int refusal = refusal(request);
        if (refusal == 0 && isCommand(request)) {
            refusal = add(request, sequence);
        }
        boolean adds = refusal == 0 && isCommand(request);
        if (!adds || endOfBatch || request.lastInRing || !commands.hasRoom()) {
            flushRun();
        }
        if (!adds && request.kind != Request.NOTHING) {
            startOther(request, sequence, refusal);
        }
        return mayTake();
    }

    /** Whether its record goes to C. */
    private static boolean isCommand(Request request) {
        return request.kind == Request.COMMAND || request.kind == Request.RANGE;
    }

    /** What a request completes with instead of being submitted, or 0. */
    private int refusal(Request request) {
        if (request.kind == Request.NOTHING) {
            return 0;
        }
        if (life.failure() != 0) {
            return life.failure();
        }
        DmaBuffer buffer = request.buffer;
        if (buffer != null && !buffer.isAlive()) {
            return CompletionStatus.ofErrno(Errno.EFAULT);
        }
        if (request.deadline != 0 && LaneDeadlines.hasPassed(request.deadline, System.nanoTime())) {
            return LaneDeadlines.TIMED_OUT;
        }
        return 0;
    }

    /** Makes the record part of the run. Returns 0, or what the request completes with instead. */
    private int add(Request request, long sequence) {
        int refusal = commands.add(request, sequence);
        if (refusal == 0 && runLength++ == 0) {
            runStart = request.record;
        }
        return refusal;
    }

    private void startOther(Request request, long sequence, int refusal) {
        Special special = request.special;
        request.end(); // if it throws, the ring comes here again
        if (refusal != 0 || special == null) {
            commands.tell(request.handler, request.tag, refusal, 0);
            return;
        }
        held.hold(special, new Caller(request.handler, request.tag, sequence, request.deadline));
        held.resume();
    }

    private void flushRun() {
        int count = runLength;
        runLength = 0;
        commands.exchange(ring.records(), runStart, count);
    }
}
