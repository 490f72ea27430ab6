// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** What the workers of a run share: when to begin, when to stop, and what went wrong first. */
final class RunControl {
    private final CountDownLatch ready;
    private final CountDownLatch go = new CountDownLatch(1);
    private final CountDownLatch finished;
    private volatile boolean stopped;
    private final Consumer<String> warnings;
    private String failure = "";

    /**
     * @param warnings is told of what does not end the run; by any thread
     */
    RunControl(int workers, Consumer<String> warnings) {
        this.warnings = warnings;
        this.ready = new CountDownLatch(workers);
        this.finished = new CountDownLatch(workers);
    }

    /** A worker has its queues and buffers, or has failed; it waits for the others. */
    void awaitStart() throws InterruptedException {
        ready.countDown();
        go.await();
    }

    /** Lets the workers begin together when all are ready. */
    void start() throws InterruptedException {
        ready.await();
        go.countDown();
    }

    /** Workers submit no further commands from now on. */
    void stop() {
        stopped = true;
    }

    boolean isStopped() {
        return stopped;
    }

    /** Ends the run, because of this. Only the first reason is kept: others follow from it. */
    synchronized void fail(String reason) {
        failure = failure.isEmpty() ? reason : failure;
        stop();
    }

    /** Tells of something that does not end the run. */
    synchronized void warn(String message) {
        warnings.accept(message);
    }

    /** What went wrong first, or empty. */
    synchronized String failure() {
        return failure;
    }

    /** A worker is at its end. */
    void workerFinished() {
        ready.countDown(); // one that failed early must not keep the others from beginning
        finished.countDown();
    }

    /** Waits until all workers are at their end; false if that takes longer. */
    boolean awaitFinish(long timeout, TimeUnit unit) throws InterruptedException {
        return finished.await(timeout, unit);
    }
}
