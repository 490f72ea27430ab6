// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.admin;

import io.nvme4j.error.CommandException;
import io.nvme4j.error.CompletionStatus;
import io.nvme4j.error.Errno;
import io.nvme4j.internal.queue.SubmissionRecord;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;

/**
 * A command on its way. Its caller waits for a time; its memory is there until the controller has
 * ended the command, however late. Guarded by its queue's lock.
 */
final class AdminRequest {
    private final CompletableFuture<AdminReply> reply = new CompletableFuture<>();
    private final AdminCommand command;
    private final @Nullable AdminData data;
    private final Runnable ended;
    private final long began = System.nanoTime();
    private final long limitNanos;
    private boolean late;
    private boolean toBeAborted;

    /**
     * @param ended run when the controller has ended the command, or was never given it
     */
    AdminRequest(AdminCommand command, @Nullable AdminData data, long limitNanos, Runnable ended) {
        this.command = command;
        this.data = data;
        this.limitNanos = limitNanos;
        this.ended = ended;
    }

    CompletableFuture<AdminReply> reply() {
        return reply;
    }

    boolean isLate() {
        return late;
    }

    /** Whether it is late, and the controller is still to be asked to abort it. */
    boolean isToBeAborted() {
        return toBeAborted;
    }

    void abortWasAsked() {
        toBeAborted = false;
    }

    /** Writes the submission record at an address. */
    void put(long record, long tag) {
        command.put(record);
        SubmissionRecord.putTag(record, tag);
        if (data == null) {
            SubmissionRecord.putNoData(record);
        } else {
            data.map(record);
        }
    }

    /** Lets the caller go whose time is over. Returns whether that has happened just now. */
    boolean expire(long now) {
        if (late || now - began < limitNanos) {
            return false;
        }
        late = true;
        toBeAborted = true;
        reply.completeExceptionally(CommandException.of(CompletionStatus.ofErrno(Errno.ETIMEDOUT)));
        return true;
    }

    /**
     * The controller has ended it: gives the memory back.
     *
     * @param status as a completion handler is given it
     */
    void end(int status, int result) {
        MemorySegment sent = MemorySegment.NULL;
        try {
            if (data != null && status == 0 && !late && command.toHost() > 0) {
                sent = data.read(command.toHost());
            }
        } finally {
            giveBack();
        }
        if (CompletionStatus.errno(status) != 0) {
            reply.completeExceptionally(CommandException.of(status));
        } else {
            reply.complete(new AdminReply(status, result, sent));
        }
    }

    /** It was not sent, and never will be. */
    void fail(RuntimeException why) {
        giveBack();
        reply.completeExceptionally(why);
    }

    /** Gives the memory back, which the controller never had or can't reach any more. */
    void giveBack() {
        if (data != null) {
            data.close();
        }
        ended.run();
    }
}
