// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import io.nvme4j.internal.admin.AdminReply;
import io.nvme4j.internal.admin.EventTeller;
import io.nvme4j.internal.memory.Buffers;
import io.nvme4j.internal.wait.Nanos;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.spec.AsynchronousEvent;
import io.nvme4j.spec.ErrorLogEntry;
import io.nvme4j.spec.LogPageIdentifier;
import io.nvme4j.spec.Status;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Admin commands of a controller (Base Specification, "Admin Command Set"): any, as a {@link
 * Command}, and those that ask what the controller is like.
 *
 * <p>Thread-safe. Many may be under way at once; beyond what the controller is given they wait for
 * their turn. Blocking calls park their caller, a platform or a virtual thread; an interrupt
 * doesn't end the wait.
 *
 * <p>A command whose time limit is over ({@link #timeout}) throws {@link
 * io.nvme4j.error.CommandTimeoutException}, and the controller is asked to abort it. What becomes
 * of it is unknown, and the controller goes on. Data go through memory of the library's own, which
 * is kept until the controller has ended the command: so a caller's memory is never written to
 * late. A reset ends all commands with a {@link io.nvme4j.error.ControllerLostException}.
 *
 * <p>Commands that the driver's own queues and memory depend on are refused: those that create or
 * delete I/O queues, Asynchronous Event Request, Controller Data Queue, Doorbell Buffer Config,
 * fabrics commands, and Set Features of Number of Queues, Host Memory Buffer and Keep Alive Timer.
 * Format NVM, Namespace Management and Namespace Attachment need all queue pairs and engines of the
 * controller closed, and none can be opened before the controller has ended them, as blocks may
 * have another size then. What a vendor's command does is for its caller to know.
 */
public final class Admin {
    /** Bytes of a piece of a log page: every controller moves that many in one command. */
    private static final int PIECE = 4096;

    private static final int MAXIMUM_ERRORS = 256;

    /** Never started: to ask whether others than the caller may use memory. */
    private static final Thread ANY_THREAD = Thread.ofVirtual().unstarted(() -> {});

    private final AdminCommands commands;
    private final EventTeller events;
    private final long limitNanos;
    private final Inquiry inquiry;

    /**
     * @param limitNanos how long each command may take
     */
    Admin(AdminCommands commands, EventTeller events, long limitNanos) {
        this.commands = commands;
        this.events = events;
        this.limitNanos = limitNanos;
        this.inquiry = new Inquiry(commands, limitNanos);
    }

    /**
     * {@return these commands with another time limit for each, in place of 30 seconds: a Format
     * NVM may take hours}
     *
     * @param limit 0 or more, counted from the call on
     * @throws IllegalArgumentException if it is negative
     */
    public Admin timeout(Duration limit) {
        return new Admin(commands, events, Nanos.ofLimit(limit));
    }

    /**
     * Carries a command out, and waits for it. Its data, if it has any, are in its {@link
     * Command#data buffer}.
     *
     * @param command as it is at the call; it may say something else afterwards
     * @return what the controller has answered, whatever it is
     * @throws IllegalArgumentException if callers may not give the command, it moves other bytes
     *     than its data have, it is of a slice of a namespace, or anything belongs to another
     *     controller
     * @throws IllegalStateException if the controller, or the data, are closed, or queue pairs are
     *     open that must not be
     * @throws io.nvme4j.error.ShimException if the command was not answered: in time, or because
     *     the controller has failed or was reset, or there is no memory for its data
     */
    public AdminCompletion execute(Command command) {
        MemorySegment data = dataOf(command);
        return data == null ? completion(run(command, null)) : execute(command, data);
    }

    /**
     * Carries a command out, and waits for it.
     *
     * @param command without a buffer of its own
     * @param data what the command sends, or where that goes which it gets: any memory; the command
     *     has no buffer of its own
     * @return as {@link #execute(Command)}, which throws the same
     */
    public AdminCompletion execute(Command command, MemorySegment data) {
        return completion(run(command, Objects.requireNonNull(data, "data")));
    }

    private AdminReply run(Command command, @Nullable MemorySegment data) {
        return commands.execute(command, data, limitNanos);
    }

    /**
     * Carries a command out; as {@link #execute(Command)}, but for the wait. What depends on the
     * future runs on a virtual thread of its own, and may do whatever it likes. Cancelling the
     * future does nothing to the command.
     *
     * @param command as it is at the call; it may say something else afterwards
     * @return the answer, or exceptionally what {@code execute} throws for the lack of one
     */
    public CompletableFuture<AdminCompletion> submit(Command command) {
        return start(command, dataOf(command));
    }

    /**
     * Carries a command out; as {@link #execute(Command, MemorySegment)}, but for the wait.
     *
     * @param command without a buffer of its own
     * @param data as there, but of an arena that is not confined
     * @return as {@link #submit(Command)}
     */
    public CompletableFuture<AdminCompletion> submit(Command command, MemorySegment data) {
        return start(command, Objects.requireNonNull(data, "data"));
    }

    @SuppressWarnings("FutureReturnValueIgnored") // what it says, the other one is told
    private CompletableFuture<AdminCompletion> start(
            Command command, @Nullable MemorySegment data) {
        checkShared(data);
        CompletableFuture<AdminCompletion> future = new CompletableFuture<>();
        commands.submit(command, data, limitNanos)
                .whenComplete(
                        (reply, failure) ->
                                Thread.startVirtualThread(
                                        () -> finish(future, data, reply, failure)));
        return future;
    }

    /** Data are copied on another thread. */
    private static void checkShared(@Nullable MemorySegment data) {
        if (data != null && !data.isAccessibleBy(ANY_THREAD)) {
            throw new IllegalArgumentException(
                    "the data are of a confined arena, and are copied on another thread");
        }
    }

    private static void finish(
            CompletableFuture<AdminCompletion> future,
            @Nullable MemorySegment data,
            @Nullable AdminReply reply,
            @Nullable Throwable failure) {
        if (reply == null) {
            future.completeExceptionally(
                    Objects.requireNonNull(failure, "there is one or the other"));
            return;
        }
        try {
            AdminCommands.receive(reply, data);
            future.complete(completion(reply));
        } catch (RuntimeException e) {
            future.completeExceptionally(e); // the data were closed meanwhile
        }
    }

    private static AdminCompletion completion(AdminReply reply) {
        return new AdminCompletion(Status.of(reply.status()), reply.result());
    }

    private @Nullable MemorySegment dataOf(Command command) {
        DmaBuffer buffer = command.data();
        if (buffer == null) {
            return null;
        }
        Buffers.checkRange(buffer, commands.memory(), command.offset(), command.length());
        return buffer.segment().asSlice(command.offset(), command.length());
    }

    /**
     * Has a listener told of the controller's asynchronous events (Base Specification,
     * "Asynchronous Event Request command"): of those that SMART / Health warnings and the
     * controller's optional notices (Identify Controller, OAES) are about, as they were set up at
     * attach, and of whatever else it tells unasked. What was told before is not told again. Over
     * SPDK, the Changed Namespace List log page has been read by then, and namespaces are up to
     * date in any case.
     *
     * <p>The listener is told of one event after the other, on a virtual thread, soon after they
     * have come: within 100 ms. It may take its time, and call whatever it likes, such as {@link
     * Controller#close}; what it throws goes to the thread's uncaught exception handler, and ends
     * nothing. Of more than 1,024 events that wait for it, those beyond are lost.
     *
     * @param listener which is called with one event at a time
     * @return ends that; an event that the listener is being told of goes on
     */
    public Subscription onEvent(Consumer<AsynchronousEvent> listener) {
        Runnable end = events.add(Objects.requireNonNull(listener, "listener"));
        return end::run;
    }

    /** A listener that is told of events. */
    @FunctionalInterface
    public interface Subscription extends AutoCloseable {
        /** From now on it is told of no further event. Closing twice does nothing. */
        @Override
        void close();
    }

    /**
     * Asks for a data structure of the controller's (Base Specification, "Identify command").
     *
     * @param cns Controller or Namespace Structure (CNS), 0 to 255; {@link
     *     io.nvme4j.spec.IdentifyCns} names the common ones
     * @return its 4096 bytes, a copy
     * @throws IllegalStateException if the controller is closed
     */
    public MemorySegment identify(int cns) {
        return inquiry.identify(0, checkCns(cns));
    }

    /**
     * Asks for a data structure of a namespace's, or a list of what comes after it.
     *
     * @param cns as in {@link #identify(int)}
     * @param namespace of this controller; of a slice, the whole one is meant
     * @return its 4096 bytes, a copy
     * @throws IllegalArgumentException if the namespace is another controller's
     * @throws IllegalStateException if the controller is closed
     */
    public MemorySegment identify(int cns, Namespace namespace) {
        namespace.checkMemory(commands.memory());
        return inquiry.identify(namespace.id(), checkCns(cns));
    }

    private static int checkCns(int cns) {
        if (cns < 0 || cns > 0xFF) {
            throw new IllegalArgumentException("a CNS is 0 to 255, not " + cns);
        }
        return cns;
    }

    /**
     * {@return the controller's features, each of which waits as long as a command of this does}
     */
    public Features features() {
        return new Features(this, null);
    }

    /**
     * {@return a namespace's features: those of which each namespace has its own}
     *
     * @param namespace of this controller, and no slice
     * @throws IllegalArgumentException if the namespace is another controller's, or a slice
     */
    public Features features(Namespace namespace) {
        namespace.checkMemory(commands.memory());
        AdminCommands.checkWhole(namespace);
        return new Features(this, namespace);
    }

    /**
     * Reads a log page. A long one is read piece by piece, and may change meanwhile: where that
     * matters, the page has a number that tells.
     *
     * @param page which, and where to begin
     * @param length bytes, a multiple of 4, at least 4
     * @return a copy
     * @throws IllegalArgumentException if there is no such length, or the namespace is another
     *     controller's
     * @throws IllegalStateException if the controller is closed
     */
    public MemorySegment logPage(GetLogPage page, int length) {
        if (length < Integer.BYTES || length % Integer.BYTES != 0) {
            throw new IllegalArgumentException(
                    "a part of a log page has a multiple of 4 bytes, not " + length);
        }
        MemorySegment whole = MemorySegment.ofArray(new byte[length]);
        for (long at = 0; at < length; at += PIECE) {
            int size = (int) Math.min(PIECE, length - at);
            MemorySegment piece = inquiry.logPage(page, at, size);
            MemorySegment.copy(piece, 0, whole, at, size);
        }
        return whole;
    }

    /**
     * Reads the Error Information log page.
     *
     * @param limit most entries to read, 1 to 256
     * @return the entries that are used, the newest first
     * @throws IllegalArgumentException if the limit is out of range
     * @throws IllegalStateException if the controller is closed
     */
    public List<ErrorLogEntry> errorLog(int limit) {
        if (limit < 1 || limit > MAXIMUM_ERRORS) {
            throw new IllegalArgumentException(
                    "an error log has 1 to " + MAXIMUM_ERRORS + " entries, not " + limit);
        }
        MemorySegment log =
                logPage(
                        new GetLogPage(LogPageIdentifier.ERROR_INFORMATION),
                        limit * ErrorLogEntry.BYTES);
        return IntStream.range(0, limit)
                .mapToObj(index -> entry(log, index))
                .filter(ErrorLogEntry::isUsed)
                .toList();
    }

    private static ErrorLogEntry entry(MemorySegment log, int index) {
        long at = (long) index * ErrorLogEntry.BYTES;
        return ErrorLogEntry.of(log.asSlice(at, ErrorLogEntry.BYTES));
    }
}
