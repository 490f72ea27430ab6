// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.admin;

import io.nvme4j.error.CommandException;
import io.nvme4j.error.CompletionStatus;
import io.nvme4j.error.Errno;
import io.nvme4j.internal.memory.DmaMemory;
import io.nvme4j.internal.queue.CompletionRecord;
import io.nvme4j.internal.queue.RecordArray;
import io.nvme4j.internal.shim.NativeController;
import io.nvme4j.internal.wait.Backoff;
import io.nvme4j.map.MappingRules;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;

/**
 * Admin commands of many threads, as many at once as the controller is given; the others wait for
 * their turn. A thread of its own looks for completions, time limits and events; whoever waits may
 * look, too.
 *
 * <p>A command whose time is over has failed for its caller, and the controller is asked to abort
 * it. Its memory is given back when the controller has ended it, or can't reach memory any more.
 * Thread-safe.
 */
public final class AdminQueue {
    private static final int COMPLETIONS = 32;

    /** Of a caller that waits, before it leaves that to the poller: most answers take little. */
    private static final Backoff LOOKS = new Backoff(50, 150, 1);

    private final NativeController controller;
    private final DmaMemory memory;
    private final MappingRules rules;
    private final IntConsumer events;

    private final ReentrantLock lock = new ReentrantLock();

    /* Guarded by the lock. */
    private final RecordArray submission = RecordArray.ofSubmissions(1);
    private final RecordArray completions = RecordArray.ofCompletions(COMPLETIONS);
    private final ArrayDeque<AdminRequest> waiting = new ArrayDeque<>();
    private final Map<Long, AdminRequest> sent = new HashMap<>();
    private final Condition settled = lock.newCondition();
    private boolean open;
    private long lastTag;

    private AdminPoller poller;

    /**
     * @param rules of data pointers of admin commands
     * @param events is told DW0 of each event, and must return soon
     */
    public AdminQueue(
            NativeController controller, DmaMemory memory, MappingRules rules, IntConsumer events) {
        this.controller = controller;
        this.memory = memory;
        this.rules = rules;
        this.events = events;
        this.poller = AdminPoller.start(this);
        this.open = true;
    }

    /**
     * Takes a command. The future is completed by whichever thread finds it so: what takes long
     * must not depend on it directly.
     *
     * @param limitNanos how long the caller waits
     * @param ended run once the controller has ended the command, or will never be given it
     * @return the answer, or exceptionally why there is none
     * @throws IllegalStateException if the queue is closed
     * @throws IllegalArgumentException if the command is none that callers may give
     * @throws io.nvme4j.error.ShimException if there is no memory for its data
     */
    public CompletableFuture<AdminReply> submit(
            AdminCommand command, long limitNanos, Runnable ended) {
        AdminData data =
                command.room() == 0
                        ? null
                        : new AdminData(memory, rules, command.room(), command.toController());
        AdminRequest request = new AdminRequest(command, data, limitNanos, ended);
        lock.lock();
        try {
            if (open) {
                waiting.add(request);
                sendWaiting();
            } else {
                request.fail(new IllegalStateException("the controller is closed"));
            }
        } finally {
            lock.unlock();
        }
        poller.wake();
        return request.reply();
    }

    /** Gives the controller what waits, the oldest first, as long as it takes some. */
    private void sendWaiting() {
        AdminRequest next;
        while ((next = waiting.peek()) != null) {
            long tag = lastTag + 1;
            int errno = trySend(next, tag);
            if (errno == Errno.EBUSY) {
                return;
            }
            waiting.remove();
            lastTag = tag;
            if (errno == 0) {
                sent.put(tag, next);
            } else {
                next.fail(refusal(errno));
            }
        }
    }

    private int trySend(AdminRequest request, long tag) {
        if (sent.size() >= NativeController.maximumAdminCommands()) {
            return Errno.EBUSY;
        }
        request.put(submission.begin(), tag);
        return -controller.submitAdmin(submission.begin());
    }

    private static RuntimeException refusal(int errno) {
        return errno == Errno.EPERM
                ? new IllegalArgumentException(
                        "the command is the driver's own, whose queues and memory depend on it")
                : CommandException.of(CompletionStatus.ofErrno(errno));
    }

    /**
     * Waits for the reply, looking for it for a while. An interrupt doesn't end the wait.
     *
     * @throws RuntimeException why there is none
     */
    public AdminReply await(CompletableFuture<AdminReply> reply) {
        for (int vain = 0; !reply.isDone() && !LOOKS.isOver(vain); vain++) {
            if (!tryPoll()) {
                LOOKS.pause(vain);
            }
        }
        try {
            return reply.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException why ? why : e;
        }
    }

    /**
     * Looks for completions, time limits and events, unless another thread does.
     *
     * @return whether it found any
     */
    public boolean tryPoll() {
        if (!lock.tryLock()) {
            return false;
        }
        try {
            return pollLocked();
        } finally {
            lock.unlock();
        }
    }

    private boolean pollLocked() {
        int count = controller.processAdmin(completions.begin(), COMPLETIONS);
        for (int i = 0; i < count; i++) {
            deliver(completions.begin() + i * CompletionRecord.BYTES);
        }
        expire();
        abortLate();
        sendWaiting();
        settled.signalAll();
        return count > 0;
    }

    private void deliver(long record) {
        long tag = CompletionRecord.tag(record);
        int result = CompletionRecord.result(record);
        if (tag == NativeController.adminEvent()) {
            events.accept(result);
            return;
        }
        AdminRequest request = Objects.requireNonNull(sent.remove(tag), "each completes once");
        request.end(CompletionRecord.status(record), result);
    }

    private void expire() {
        long now = System.nanoTime();
        for (AdminRequest request : sent.values()) {
            request.expire(now);
        }
        waiting.removeIf(
                request -> {
                    boolean expired = request.expire(now);
                    if (expired) {
                        request.giveBack();
                    }
                    return expired;
                });
    }

    private void abortLate() {
        for (Map.Entry<Long, AdminRequest> entry : sent.entrySet()) {
            AdminRequest request = entry.getValue();
            if (request.isToBeAborted() && controller.abortAdmin(entry.getKey()) != -Errno.EBUSY) {
                request.abortWasAsked();
            }
        }
    }

    /** What the poller has to look for. */
    enum Outlook {
        /** Nothing but events. */
        IDLE,
        /** Commands that nobody waits for any more. */
        LATE,
        BUSY
    }

    Outlook outlook() {
        lock.lock();
        try {
            if (isBusy()) {
                return Outlook.BUSY;
            }
            return sent.isEmpty() ? Outlook.IDLE : Outlook.LATE;
        } finally {
            lock.unlock();
        }
    }

    private boolean isBusy() {
        return !waiting.isEmpty() || isAwaited(sent.values());
    }

    private static boolean isAwaited(Collection<AdminRequest> requests) {
        return requests.stream().anyMatch(request -> !request.isLate());
    }

    /**
     * Takes no further command, waits until each has been answered or its time is over, and has the
     * controller disabled where it has not ended all of them. All memory has been given back when
     * this returns.
     */
    public void close() {
        lock.lock();
        try {
            open = false;
            while (isBusy()) {
                settled.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
        poller.stop();
        endSent();
    }

    private void endSent() {
        lock.lock();
        try {
            if (!sent.isEmpty()) {
                controller.disable();
            }
            while (!sent.isEmpty()) {
                pollLocked();
                Thread.onSpinWait();
            }
        } finally {
            lock.unlock();
        }
    }

    /** After a {@link #close}: takes commands again. */
    public void reopen() {
        lock.lock();
        try {
            open = true;
            poller = AdminPoller.start(this);
        } finally {
            lock.unlock();
        }
    }
}
