// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import io.nvme4j.CompletionHandler;
import io.nvme4j.error.CommandException;
import io.nvme4j.error.RingFullException;

import java.util.concurrent.locks.LockSupport;

/**
 * Commands that park their caller, a platform or a virtual thread, until they have completed, and
 * return DW0 of the completion queue entry. They throw a {@link io.nvme4j.error.NvmeException} for
 * any status but success, a time-out among them.
 *
 * <p>An interrupt doesn't end the wait, as the controller would go on using the memory; the thread
 * is still interrupted afterwards.
 *
 * <p>Thread-safe.
 */
public final class BlockingIo extends Verbs<Integer> {
    BlockingIo(Publisher publisher) {
        super(publisher);
    }

    /** {@return the same commands, which don't wait for room, only for the completion} */
    public TryingIo<Integer> trying() {
        return new TryingIo<>(this);
    }

    @Override
    Promise<Integer> promise() {
        if (publisher().engine.isReactor()) {
            throw new IllegalStateException("a handler can't wait for its own reactor");
        }
        return new Waiter();
    }

    private static final class Waiter implements CompletionHandler, Promise<Integer> {
        private final Thread thread = Thread.currentThread();
        private int status;
        private int result;
        private volatile boolean done;

        @Override
        public CompletionHandler handler() {
            return this;
        }

        @Override
        public void onCompletion(long tag, int status, int result) {
            this.status = status;
            this.result = result;
            done = true;
            LockSupport.unpark(thread);
        }

        @Override
        public Integer published(long ticket) {
            if (ticket == Engine.NO_ROOM) {
                throw new RingFullException();
            }
            return await();
        }

        private int await() {
            boolean interrupted = false;
            while (!done) {
                LockSupport.park(this);
                interrupted |= Thread.interrupted();
            }
            if (interrupted) {
                thread.interrupt();
            }
            if (status != 0) {
                throw CommandException.of(status);
            }
            return result;
        }
    }
}
