// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import io.nvme4j.CompletionHandler;
import io.nvme4j.error.CommandException;
import io.nvme4j.error.RingFullException;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Commands that give a future. It completes on the reactor, with DW0 of the completion queue entry,
 * or exceptionally with a {@link io.nvme4j.error.NvmeException}: what depends on it and may take
 * long belongs on another executor ({@code thenApplyAsync}).
 *
 * <p>Waiting for one on the reactor, in what depends on another, throws {@link
 * IllegalStateException}: nobody would be left to complete it.
 *
 * <p>Cancelling the future asks for the command to be aborted; its memory can't be closed before
 * that has happened. A future costs what it allocates: some 100 bytes a command.
 *
 * <p>Thread-safe.
 */
public final class FutureIo extends Verbs<CompletableFuture<Integer>> {
    FutureIo(Engine engine, IoOptions options) {
        super(engine, options);
    }

    @Override
    CompletableFuture<Integer> issue(Publishing publishing) {
        CommandFuture future = new CommandFuture(engine());
        long ticket = publishing.publish(io(), future);
        if (ticket == Engine.NO_ROOM) {
            future.completeExceptionally(new RingFullException());
        } else {
            future.ticket = ticket;
        }
        return future;
    }

    /** What completes on the reactor, and so can't be waited for by it. */
    private static class ReactorFuture<T> extends CompletableFuture<T> {
        final Engine engine;

        ReactorFuture(Engine engine) {
            this.engine = engine;
        }

        private void refuseReactor() {
            if (!isDone() && engine.isReactor()) {
                throw new IllegalStateException(
                        "a handler can't wait for its own reactor: use thenCompose, or go on on"
                                + " another executor (thenApplyAsync)");
            }
        }

        @Override
        public T join() {
            refuseReactor();
            return super.join();
        }

        @Override
        public T get() throws InterruptedException, ExecutionException {
            refuseReactor();
            return super.get();
        }

        @Override
        public T get(long timeout, TimeUnit unit)
                throws InterruptedException, ExecutionException, TimeoutException {
            refuseReactor();
            return super.get(timeout, unit);
        }

        /** What is derived of it is no command. */
        @Override
        public <U> CompletableFuture<U> newIncompleteFuture() {
            return new ReactorFuture<>(engine);
        }
    }

    private static final class CommandFuture extends ReactorFuture<Integer>
            implements CompletionHandler {
        private volatile long ticket = Engine.NO_ROOM;

        CommandFuture(Engine engine) {
            super(engine);
        }

        @Override
        public void onCompletion(long tag, int status, int result) {
            if (status == 0) {
                complete(result);
            } else {
                completeExceptionally(CommandException.of(status));
            }
        }

        @Override
        public boolean cancel(boolean mayInterrupt) {
            boolean cancelled = super.cancel(mayInterrupt);
            if (cancelled && ticket != Engine.NO_ROOM) {
                engine.cancel(ticket);
            }
            return cancelled;
        }
    }
}
