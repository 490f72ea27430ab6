// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.engine;

import com.lmax.disruptor.EventPoller;

import io.nvme4j.CompletionHandler;
import io.nvme4j.error.Errno;
import io.nvme4j.error.ShimException;
import io.nvme4j.internal.map.MappedMemory;
import io.nvme4j.internal.memory.Buffers;
import io.nvme4j.internal.memory.Closings;
import io.nvme4j.internal.queue.CommandQueue;
import io.nvme4j.internal.queue.RecordArray;
import io.nvme4j.memory.DmaBuffer;

import org.jspecify.annotations.Nullable;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

/**
 * One queue pair of an engine, and the ring in front of it: takes requests from the ring as far as
 * the queue pair has slots, gives runs of neighbouring records to C where they lie, and tells the
 * handlers. All of it on one reactor; what other threads call says so.
 *
 * <p>A record is C's until the exchange returns, and the ring's only after {@link EventPoller#poll}
 * has returned; so every run is exchanged inside {@link #onEvent}.
 */
public final class Lane
        implements EventPoller.Handler<Request>, CommandQueue.SlotHandler, Closings.User {
    private static final int CANCELLED = Errno.ECANCELED << 16;
    static final int TIMED_OUT = Errno.ETIMEDOUT << 16;

    /** Rounds between looks at the clock. */
    private static final int ROUNDS_PER_LOOK = 64;

    /** Time between looks at the deadlines of all that waits in the ring. */
    private static final long NANOS_PER_RING_LOOK = 1_000_000;

    private final Closings closings;
    private final LaneRing ring;
    private final EventPoller<Request> poller;
    private final RecordArray records;
    private final Reactor reactor;
    private final Recovery recovery;
    private final boolean abortsLate;
    private final LaneCounters counters = new LaneCounters();
    private final Observer observer;
    private final Slots slots;
    private final CountDownLatch finished = new CountDownLatch(1);

    private final RecordArray ownRecords;
    private CommandQueue queue;

    /* The run of records that waits for its exchange. */
    private long runStart;
    private int runLength;

    /** A request that waits for others to complete; nothing behind it is taken before it went. */
    private @Nullable Special held;

    private Caller heldCaller = new Caller((tag, status, result) -> {}, 0, -1, 0);
    private int rounds;
    private long lastRingLook = System.nanoTime();

    /* What requests complete with once no queue pair is left for them, or 0. */
    private int failure;
    private boolean recovering;
    private boolean queueClosed;
    private boolean dropped;

    /** A command has completed as one of a failed queue pair does. */
    private boolean suspect;

    /* What other threads ask for. */
    private final Queue<Long> cancellations = new ConcurrentLinkedQueue<>();
    private volatile boolean abandoned;
    private @Nullable CommandQueue replacement; // guarded by this
    private boolean gaveUp; // guarded by this
    private volatile boolean recoveryEnded;

    /**
     * @param abortsLate whether the controller is asked to abort what has timed out
     */
    public Lane(
            Closings closings,
            CommandQueue queue,
            LaneRing ring,
            Reactor reactor,
            Recovery recovery,
            boolean abortsLate,
            Observer observer) {
        this.closings = closings;
        this.queue = queue;
        this.ring = ring;
        this.poller = ring.newPoller();
        this.records = ring.records();
        this.reactor = reactor;
        this.recovery = recovery;
        this.abortsLate = abortsLate;
        this.observer = observer;
        this.slots = new Slots(queue.slots());
        this.ownRecords = RecordArray.ofSubmissions(queue.slots());
    }

    /* ---- Any thread ---- */

    public LaneRing ring() {
        return ring;
    }

    public int depth() {
        return slots.count();
    }

    public Thread thread() {
        return reactor.thread();
    }

    /** What was counted so far. */
    public LaneCounters counters() {
        return counters;
    }

    /** Requests that were published and are still in the ring. */
    public int waiting() {
        return (int) Math.max(0, ring.cursor() - poller.getSequence().get());
    }

    public Observer observer() {
        return observer;
    }

    /** Has the reactor run it, until {@link #finish}. */
    public void start() {
        closings.add(this);
        reactor.add(this);
    }

    /** Asks for a command to be aborted, or not to be sent. */
    public void cancel(long sequence) {
        cancellations.add(sequence);
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
        abandoned = true;
        reactor.wake();
    }

    public CountDownLatch finished() {
        return finished;
    }

    /** None: {@link CommandQueue} counts its own. */
    @Override
    public int countUses(MappedMemory memory) {
        return 0;
    }

    @Override
    public boolean isSettled() {
        if (reactor.isCurrentThread()) {
            throw new IllegalStateException("a handler can't wait for its own reactor");
        }
        return cancellations.isEmpty();
    }

    /** A new queue pair for this lane. */
    synchronized void recovered(CommandQueue queue) {
        if (finished.getCount() == 0 || abandoned) {
            queue.close();
        } else {
            replacement = queue;
        }
        endRecovery();
    }

    /** There will be no other queue pair. */
    synchronized void gaveUp() {
        gaveUp = true;
        endRecovery();
    }

    private void endRecovery() {
        recoveryEnded = true;
        reactor.wake();
    }

    /* ---- The reactor ---- */

    /** Does what there is to do now. Returns whether there was anything. */
    boolean work() {
        boolean worked = takeOrders();
        if (abandoned && !dropped) {
            drop();
        }
        if (recovering) {
            expire();
            return worked;
        }
        worked |= take();
        if (suspect) {
            suspect = false;
            reap(); // throws if the queue pair has failed, not only a command
        }
        if (++rounds % ROUNDS_PER_LOOK == 0) {
            expire();
        }
        return worked;
    }

    /** Takes requests from the ring and exchanges, or only exchanges where there are none. */
    private boolean take() {
        boolean resumed = resume();
        if (mayTake() && poll() == EventPoller.PollState.PROCESSING) {
            return true;
        }
        return resumed || (inFlight() > 0 && reap() > 0);
    }

    /** Lets a queue pair without commands notice that it has failed. */
    void lookAfter() {
        if (!recovering && inFlight() == 0) {
            reap();
        }
    }

    /** Whether it has to be looked after soon. */
    boolean mustPoll() {
        return inFlight() > 0 || held != null || (recovering && !isDrained());
    }

    /** Whether there is something to do for an idle lane. */
    boolean hasWork() {
        return mustPoll()
                || !isDrained()
                || !cancellations.isEmpty()
                || (abandoned && !dropped)
                || recoveryEnded
                || isDone();
    }

    /** Closed, and every sequence that was claimed is taken and completed. */
    boolean isDone() {
        return ring.isClosed()
                && !recovering
                && isDrained()
                && held == null
                && inFlight() == 0
                && (!abandoned || dropped);
    }

    private boolean isDrained() {
        return poller.getSequence().get() == ring.cursor();
    }

    /** Gives the queue pair back. The last call of the reactor's; or of who never had it run. */
    public void finish() {
        closeQueue();
        closings.remove(this);
        finished.countDown();
    }

    private boolean mayTake() {
        return held == null && !recovering && (queue.available() > 0 || failure != 0);
    }

    private int inFlight() {
        return queueClosed ? 0 : queue.slots() - queue.available();
    }

    private EventPoller.PollState poll() {
        observer.look();
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
        if (!adds || endOfBatch || request.lastInRing || queue.available() == 0) {
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
        if (failure != 0) {
            return failure;
        }
        DmaBuffer buffer = request.buffer;
        if (buffer != null && !buffer.isAlive()) {
            return Errno.EFAULT << 16;
        }
        if (request.deadline != 0 && hasPassed(request.deadline, System.nanoTime())) {
            return TIMED_OUT;
        }
        return 0;
    }

    /** Makes the record part of the run. Returns 0, or what the request completes with instead. */
    private int add(Request request, long sequence) {
        int slot;
        try {
            slot = take(request);
        } catch (IllegalArgumentException e) {
            return Errno.EINVAL << 16; // the controller takes no data from there
        }
        slots.take(slot, request.handler, request.tag, sequence, request.deadline);
        observer.submitted(slot, request.record);
        if (runLength++ == 0) {
            runStart = request.record;
        }
        return 0;
    }

    private int take(Request request) {
        DmaBuffer buffer = request.buffer;
        long record = request.record;
        if (buffer != null) {
            return queue.take(record, Buffers.mapped(buffer), request.offset, request.length);
        }
        return request.kind == Request.RANGE
                ? queue.takeRange(record, request.offset, (int) request.length)
                : queue.take(record);
    }

    private void startOther(Request request, long sequence, int refusal) {
        Special special = request.special;
        request.end(); // if it throws, the ring comes here again
        if (refusal != 0 || special == null) {
            tell(request.handler, request.tag, refusal, 0);
            return;
        }
        held = special;
        heldCaller = new Caller(request.handler, request.tag, sequence, request.deadline);
        resume();
    }

    /** Tries to send what is held. Returns whether it went. */
    private boolean resume() {
        Special special = held;
        if (special == null) {
            return false;
        }
        if (failure != 0) {
            special.end(this, heldCaller, failure);
        } else if (recovering || !special.start(this, heldCaller)) {
            return false;
        }
        held = null;
        return true;
    }

    private void flushRun() {
        int count = runLength;
        runLength = 0;
        exchange(records, runStart, count);
    }

    /** Reaps, and tells the handlers. Returns how many. */
    private int reap() {
        return exchange(records, records.begin(), 0);
    }

    /** Submits records, reaps, and tells the handlers. Returns how many. */
    private int exchange(RecordArray from, long first, int count) {
        if (queueClosed) {
            return 0;
        }
        counters.submitted.add(count);
        counters.exchanges.add(1);
        try {
            queue.exchange(from, first, count);
        } catch (ShimException e) {
            fail(e);
            return 0;
        }
        observer.look();
        int told = queue.deliver(this);
        counters.inFlight.set(inFlight());
        return told;
    }

    @Override
    public void completed(int slot, int status, int result) {
        long tag = slots.tag(slot);
        CompletionHandler handler = slots.release(slot);
        observer.completed(slot, status);
        suspect |= status >>> 16 == Errno.ENXIO;
        if (handler == null) {
            counters.late.add(1);
        } else {
            tell(handler, tag, status, result);
        }
    }

    @Override
    public boolean beginCopy(int slot) {
        CompletionHandler handler = slots.waiting(slot);
        return handler != null && CopyGuard.beginCopy(handler);
    }

    @Override
    public void endCopy(int slot) {
        CompletionHandler handler = slots.waiting(slot);
        if (handler != null) {
            CopyGuard.endCopy(handler);
        }
    }

    private void tell(CompletionHandler handler, long tag, int status, int result) {
        if (handler instanceof Parts parts) {
            parts.onCompletion(tag, status, result); // who tells the caller in the end
            return;
        }
        counters.told(status);
        try {
            handler.onCompletion(tag, status, result);
        } catch (Throwable e) {
            // One caller's mistake must not end everybody's reactor.
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
        }
    }

    /* ---- For specials ---- */

    CommandQueue queue() {
        return queue;
    }

    /** Records for as many commands as the queue pair takes, apart from the ring's. */
    public RecordArray ownRecords() {
        return ownRecords;
    }

    boolean isIdle() {
        return inFlight() == 0;
    }

    /** Tells the caller of a request that isn't sent, or has no command of its own. */
    void tell(Caller caller, int status) {
        tell(caller.handler(), caller.tag(), status, 0);
    }

    /** Makes a caller wait for a slot that was taken. */
    void await(int slot, Caller caller, long record) {
        slots.take(slot, caller.handler(), caller.tag(), caller.sequence(), caller.deadline());
        observer.submitted(slot, record);
    }

    /** Submits the first of {@link #ownRecords}. */
    void submit(int count) {
        exchange(ownRecords, ownRecords.begin(), count);
    }

    /* ---- Deadlines and cancellation ---- */

    /** Tells of all that has taken too long, wherever it is. */
    private void expire() {
        boolean looksAtRing = !mayTake();
        if (!looksAtRing && !slots.hasDeadlines()) {
            return;
        }
        long now = System.nanoTime();
        if (slots.mayHaveExpired(now)) {
            expireSlots(now);
        }
        if (looksAtRing && now - lastRingLook >= NANOS_PER_RING_LOOK) {
            lastRingLook = now;
            expireHeld(now);
            expireRing(now);
        }
    }

    private static boolean hasPassed(long deadline, long now) {
        return deadline != 0 && now - deadline >= 0;
    }

    private void expireHeld(long now) {
        if (hasPassed(heldCaller.deadline(), now)) {
            endHeld(TIMED_OUT);
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
        return poller.getSequence().get() + 1;
    }

    private void endWaiting(Request request, int status) {
        request.end();
        tell(request.handler, request.tag, status, 0);
    }

    /** Ends what is held, if anything is. */
    private void endHeld(int status) {
        Special special = held;
        held = null;
        if (special != null) {
            special.end(this, heldCaller, status);
        }
    }

    private void expireSlots(long now) {
        for (int slot = slots.nextExpired(0, now);
                slot < slots.count();
                slot = slots.nextExpired(slot + 1, now)) {
            long tag = slots.tag(slot);
            CompletionHandler handler = slots.release(slot);
            if (abortsLate) {
                abort(slot);
            }
            if (handler != null) {
                tell(handler, tag, TIMED_OUT, 0);
            }
        }
        slots.findEarliest();
    }

    private void abort(int slot) {
        if (queue.abort(slot)) {
            counters.aborts.add(1);
        }
    }

    private boolean takeOrders() {
        Long sequence = cancellations.peek(); // one a round: an Abort takes its time
        if (sequence != null) {
            cancelNow(sequence);
            cancellations.remove(); // and only now: see isSettled
        }
        return recoveryEnded ? install() : sequence != null;
    }

    private void cancelNow(long sequence) {
        if (sequence >= firstWaiting()) {
            if (ring.isPublished(sequence) && ring.request(sequence).kind != Request.NOTHING) {
                endWaiting(ring.request(sequence), CANCELLED);
            }
            return;
        }
        if (heldCaller.sequence() == sequence) {
            endHeld(CANCELLED);
        }
        for (int slot = slots.find(0, sequence);
                slot < slots.count();
                slot = slots.find(slot + 1, sequence)) {
            abort(slot);
        }
    }

    /* ---- Failure ---- */

    /** The queue pair has failed, and has handed all its commands over. */
    private void fail(ShimException reason) {
        int status = reason.errno() << 16;
        closeQueue();
        if (abandoned || !recovery.start(this, queue.slots())) {
            failure = status;
        } else {
            recovering = true;
        }
        failRun(status);
    }

    /** What was prepared when the queue pair failed, and is nobody's now. */
    private void failRun(int status) {
        for (int slot = 0; slot < slots.count(); slot++) {
            long tag = slots.tag(slot);
            CompletionHandler handler = slots.release(slot);
            if (handler != null) {
                tell(handler, tag, status, 0);
            }
        }
    }

    private boolean install() {
        synchronized (this) {
            recoveryEnded = false;
            recovering = false;
            if (gaveUp) {
                failure = Errno.ENXIO << 16;
            }
            CommandQueue made = replacement;
            if (made != null) {
                queue = made;
                replacement = null;
                queueClosed = false;
                counters.recoveries.add(1);
            }
        }
        return true;
    }

    /** Cancels all that has not completed. */
    private void drop() {
        dropped = true;
        closeQueue(); // from here on the controller leaves the commands' memory alone
        failure = CANCELLED;
        recovering = false;
        failRun(CANCELLED);
        resume();
    }

    private void closeQueue() {
        if (!queueClosed) {
            queueClosed = true;
            queue.close();
        }
        counters.inFlight.set(0);
    }
}
