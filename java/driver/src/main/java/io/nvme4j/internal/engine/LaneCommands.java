// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.engine;

import io.nvme4j.CompletionHandler;
import io.nvme4j.error.CompletionStatus;
import io.nvme4j.error.Errno;
import io.nvme4j.error.ShimException;
import io.nvme4j.internal.memory.Buffers;
import io.nvme4j.internal.queue.CommandQueue;
import io.nvme4j.internal.queue.RecordArray;
import io.nvme4j.internal.queue.SubmissionRecord;
import io.nvme4j.internal.wait.Uncaught;
import io.nvme4j.memory.DmaBuffer;

/**
 * The commands that a lane's queue pair has, and who waits for each: submits, reaps, and tells the
 * handlers. The reactor's alone, but for the counters.
 */
public final class LaneCommands implements CommandQueue.SlotHandler {
    private final LaneLife life;
    private final LaneCounters counters = new LaneCounters();
    private final Observer observer;
    private final Slots slots;
    private final RecordArray ownRecords;

    /** Closed where the lane's life isn't open. */
    private CommandQueue queue;

    /** Of {@link #ownRecords}, the first ones: commands that are to go out together. */
    private int staged;

    /** A command has completed as one of a failed queue pair does. */
    private boolean suspect;

    public LaneCommands(CommandQueue queue, LaneLife life, Observer observer) {
        this.queue = queue;
        this.life = life;
        this.observer = observer;
        this.slots = new Slots(queue.slots());
        this.ownRecords = RecordArray.ofSubmissions(queue.slots());
    }

    /* ---- Any thread ---- */

    /** What was counted so far. */
    public LaneCounters counters() {
        return counters;
    }

    public Observer observer() {
        return observer;
    }

    /** Commands that can be in flight at once. */
    int depth() {
        return slots.count();
    }

    /** Records for as many commands as the queue pair takes, apart from the ring's. */
    public RecordArray ownRecords() {
        return ownRecords;
    }

    /* ---- Of the ring's requests ---- */

    CommandQueue queue() {
        return queue;
    }

    Slots slots() {
        return slots;
    }

    int inFlight() {
        return life.isOpen() ? queue.slots() - queue.available() : 0;
    }

    boolean isIdle() {
        return inFlight() == 0;
    }

    boolean hasRoom() {
        return queue.available() > 0;
    }

    /**
     * Takes a slot for the command in a request's record.
     *
     * @return 0, or what the request completes with instead
     */
    int add(Request request, long sequence) {
        int slot;
        try {
            slot = take(request);
        } catch (IllegalArgumentException e) {
            return CompletionStatus.ofErrno(
                    Errno.EINVAL); // the controller takes no data from there
        }
        slots.take(slot, request.handler, request.tag, sequence, request.deadline);
        observer.submitted(slot, request.record);
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

    /** Reaps, and tells the handlers. Returns how many. */
    int reap() {
        return exchange(ownRecords, ownRecords.begin(), 0);
    }

    /** Finds out whether the queue pair has failed, where a command has completed so. */
    void reapIfSuspect() {
        if (suspect) {
            suspect = false;
            reap(); // throws if the queue pair has failed, not only a command
        }
    }

    /** Submits records, reaps, and tells the handlers. Returns how many. */
    int exchange(RecordArray from, long first, int count) {
        if (!life.isOpen()) {
            return 0;
        }
        counters.submitted.add(count);
        counters.exchanges.add(1);
        try {
            queue.exchange(from, first, count);
        } catch (ShimException e) {
            fail(CompletionStatus.ofErrno(e.errno()));
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
        suspect |= CompletionStatus.errno(status) == Errno.ENXIO;
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

    /** Tells a handler, whose exceptions end nothing. */
    void tell(CompletionHandler handler, long tag, int status, int result) {
        if (handler instanceof Parts parts) {
            parts.onCompletion(tag, status, result); // who tells the caller in the end
            return;
        }
        counters.told(status);
        try {
            handler.onCompletion(tag, status, result);
        } catch (Throwable e) {
            // One caller's mistake must not end everybody's reactor.
            Uncaught.tell(e);
        }
    }

    /** Asks the controller to abort the command in a slot. */
    void abort(int slot) {
        if (queue.abort(slot)) {
            counters.aborts.add(1);
        }
    }

    /* ---- For specials ---- */

    /** Tells the caller of a request that isn't sent, or has no command of its own. */
    void tell(Caller caller, int status) {
        tell(caller.handler(), caller.tag(), status, 0);
    }

    /** Makes a caller wait for a slot that was taken. */
    void await(int slot, Caller caller, long record) {
        slots.take(slot, caller.handler(), caller.tag(), caller.sequence(), caller.deadline());
        observer.submitted(slot, record);
    }

    /** Where the next command of a special is written. */
    long nextRecord() {
        return ownRecords.begin() + staged * SubmissionRecord.BYTES;
    }

    /** Has what was written there go out with the other commands of the special. */
    void stage(int count) {
        staged += count;
    }

    /** Submits what was staged. */
    void submitStaged() {
        int count = staged;
        staged = 0;
        if (count > 0) {
            exchange(ownRecords, ownRecords.begin(), count);
        }
    }

    /* ---- The end of a queue pair ---- */

    /** The queue pair has failed, and has handed all its commands over. */
    private void fail(int status) {
        close();
        life.fail(status, queue.slots());
        endAll(status);
    }

    /** There is another queue pair. */
    void use(CommandQueue made) {
        queue = made;
        counters.recoveries.add(1);
    }

    /** Has the controller leave the memory of all commands alone, and tells their callers. */
    void drop() {
        boolean wasOpen = life.isOpen();
        life.drop(); // first: what fails below is not tried again
        if (wasOpen) {
            close();
        }
        endAll(LaneLife.CANCELLED);
    }

    /** Gives the queue pair back, if there is one. */
    void finish() {
        if (life.isOpen()) {
            close();
        }
    }

    private void close() {
        queue.close();
        counters.inFlight.set(0);
    }

    /** Tells of all that wait, whose commands are nobody's any more. */
    private void endAll(int status) {
        for (int slot = 0; slot < slots.count(); slot++) {
            long tag = slots.tag(slot);
            CompletionHandler handler = slots.release(slot);
            if (handler != null) {
                tell(handler, tag, status, 0);
            }
        }
    }
}
