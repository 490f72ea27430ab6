// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import io.nvme4j.CompletionHandler;
import io.nvme4j.error.CommandException;
import io.nvme4j.error.RingFullException;
import io.nvme4j.internal.engine.CopyGuard;
import io.nvme4j.internal.wait.SpinWait;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Commands that give a future. It completes on the reactor, with DW0 of the completion queue entry,
 * or exceptionally with a {@link io.nvme4j.error.NvmeException}: what depends on it and may take
 * long belongs on another executor ({@code thenApplyAsync}).
 *
 * <p>Waiting for one on the reactor, in what depends on another, throws {@link
 * IllegalStateException}: nobody would be left to complete it.
 *
 * <p>Cancelling the future asks for the command to be aborted, and so does completing it in any
 * other way, as {@code orTimeout} does. From then on nothing is copied to memory that isn't DMA
 * memory; a {@link io.nvme4j.memory.DmaBuffer} can't be closed before the command has ended, for
 * which {@link io.nvme4j.memory.DmaBuffer#awaitIdle} waits. A future costs what it allocates: some
 * 100 bytes a command.
 *
 * <p>Thread-safe.
 */
public final class FutureIo extends Verbs<CompletableFuture<Integer>> {
    FutureIo(Publisher publisher) {
        super(publisher);
    }

    /** {@return the same commands, which give no future where there is no room} */
    public TryingIo<CompletableFuture<Integer>> trying() {
        return new TryingIo<>(this);
    }

    /**
     * Publishes several commands, and wakes the reactor once for all of them if it sleeps; {@link
     * CallbackIo#batch}.
     *
     * @param body publishes them by what it is given, and must not wait for their futures
     */
    public void batch(Consumer<FutureIo> body) {
        Objects.requireNonNull(body, "body");
        publisher().batch(quiet -> body.accept(new FutureIo(quiet)));
    }

    @Override
    Promise<CompletableFuture<Integer>> promise() {
        return new CommandFuture(publisher().engine);
    }

    /**
     * Told by the reactor, or by a caller who gives up. The latter waits for the end of a copy, so
     * that none comes after: one copies a command's data, at most 1 MiB.
     */
    private static final class CommandFuture extends ReactorFuture<Integer>
            implements CopyGuard, Promise<CompletableFuture<Integer>> {
        private static final int WAITING = 0;
        private static final int COPYING = 1;
        private static final int TOLD = 2;

        private static final VarHandle STATE = handleOfState();

        private volatile long ticket = Engine.NO_ROOM;

        private volatile int state = WAITING;

        CommandFuture(Engine engine) {
            super(engine);
        }

        private static VarHandle handleOfState() {
            try {
                return MethodHandles.lookup()
                        .findVarHandle(CommandFuture.class, "state", int.class);
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        @Override
        public CompletionHandler handler() {
            return this;
        }

        @Override
        public CompletableFuture<Integer> published(long newTicket) {
            ticket = newTicket;
            if (newTicket == Engine.NO_ROOM) {
                completeExceptionally(new RingFullException());
            }
            return this;
        }

        @Override
        public boolean beginCopy() {
            return STATE.compareAndSet(this, WAITING, COPYING);
        }

        @Override
        public void endCopy() {
            state = WAITING;
        }

        @Override
        public void onCompletion(long tag, int status, int result) {
            if (!STATE.compareAndSet(this, WAITING, TOLD)) {
                return;
            }
            if (status == 0) {
                super.complete(result);
            } else {
                super.completeExceptionally(CommandException.of(status));
            }
        }

        /** Before the caller is told by itself: nobody waits for the command any more. */
        private void giveUp() {
            SpinWait wait = new SpinWait();
            while (!STATE.compareAndSet(this, WAITING, TOLD)) {
                if (state == TOLD) {
                    return;
                }
                wait.pause();
            }
            if (ticket != Engine.NO_ROOM) {
                engine.cancel(ticket);
            }
        }

        @Override
        public boolean cancel(boolean mayInterrupt) {
            giveUp();
            return super.cancel(mayInterrupt);
        }

        @Override
        public boolean complete(Integer value) {
            giveUp();
            return super.complete(value);
        }

        @Override
        public boolean completeExceptionally(Throwable failure) {
            giveUp();
            return super.completeExceptionally(failure);
        }

        @Override
        public CompletableFuture<Integer> completeAsync(
                Supplier<? extends Integer> supplier, Executor executor) {
            return super.completeAsync(
                    () -> {
                        try {
                            return supplier.get();
                        } finally {
                            giveUp();
                        }
                    },
                    executor);
        }

        @Override
        public void obtrudeValue(Integer value) {
            giveUp();
            super.obtrudeValue(value);
        }

        @Override
        public void obtrudeException(Throwable failure) {
            giveUp();
            super.obtrudeException(failure);
        }
    }
}
