// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.engine;

import io.nvme4j.CompletionHandler;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where the lanes of an engine meet: each arrives when all that was published to it before has
 * completed, or when it can't send anything, and the last to arrive acts for all. So the caller is
 * told once, however many lanes there are.
 *
 * <p>As a handler it is told by the lanes that refuse their part.
 */
public final class Barrier implements CompletionHandler {
    private final CompletionHandler caller;
    private final AtomicInteger left;
    private final AtomicInteger failure = new AtomicInteger();

    /**
     * @param caller who waits for the Flush
     */
    public Barrier(int lanes, CompletionHandler caller) {
        this.caller = caller;
        this.left = new AtomicInteger(lanes);
    }

    public CompletionHandler caller() {
        return caller;
    }

    /** The status of the first lane that refused, or 0. */
    public int failure() {
        return failure.get();
    }

    /** Returns whether this was the last lane. */
    boolean arrive() {
        return left.decrementAndGet() == 0;
    }

    @Override
    public void onCompletion(long tag, int status, int result) {
        failure.compareAndSet(0, status);
        if (arrive()) {
            caller.onCompletion(tag, failure(), 0);
        }
    }
}
