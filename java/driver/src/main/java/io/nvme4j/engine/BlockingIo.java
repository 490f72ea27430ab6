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
    BlockingIo(Engine engine, IoOptions options) {
        super(engine, options);
    }

    @Override
    Integer issue(Publishing publishing) {
        if (engine().isReactor()) {
            throw new IllegalStateException("a handler can't wait for its own reactor");
        }
        Waiter waiter = new Waiter();
        if (publishing.publish(io(), waiter) == Engine.NO_ROOM) {
            throw new RingFullException();
        }
        return waiter.await();
    }

    private static final class Waiter implements CompletionHandler {
        private final Thread thread = Thread.currentThread();
        private int status;
        private int result;
        private volatile boolean done;

        @Override
        public void onCompletion(long tag, int status, int result) {
            this.status = status;
            this.result = result;
            done = true;
            LockSupport.unpark(thread);
        }

        int await() {
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
