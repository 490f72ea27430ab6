// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What completes on the reactor, and so can't be waited for by it. */
class ReactorFuture<T> extends CompletableFuture<T> {
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
