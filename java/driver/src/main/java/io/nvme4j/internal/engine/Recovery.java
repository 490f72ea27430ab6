// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.engine;

import io.nvme4j.Controller;
import io.nvme4j.error.CompletionStatus;
import io.nvme4j.error.Errno;
import io.nvme4j.error.NvmeException;
import io.nvme4j.internal.Api;
import io.nvme4j.internal.queue.CommandQueue;

import java.util.concurrent.TimeUnit;

/**
 * Makes the queue pairs of an engine anew when they have failed, as often as it was told to try: on
 * a thread of its own, as the reactor has others to run.
 *
 * <p>It makes none where a namespace has come back with other blocks: requests that wait were made
 * for those that it had.
 */
public final class Recovery {
    /** How long a reset waits for other queue pairs to notice it. */
    private static final int RESET_MILLIS = 5_000;

    private final Controller controller;
    private final int attempts;
    private final long delayMillis;

    /** How many namespaces were invalid before the engine had any request. */
    private final int invalidated;

    private boolean stopped; // guarded by this
    private int running; // guarded by this

    /**
     * @param attempts to make a queue pair anew; 0: none
     * @param delayMillis between attempts, in milliseconds
     */
    public Recovery(Controller controller, int attempts, long delayMillis) {
        this.controller = controller;
        this.attempts = attempts;
        this.delayMillis = delayMillis;
        this.invalidated = Api.invalidatedNamespaces(controller);
    }

    /** Starts to make a queue pair for the lane. Returns whether any is to be made. */
    synchronized boolean start(LaneLife life, int depth) {
        if (stopped || attempts == 0) {
            return false;
        }
        Thread.ofPlatform().name("nvme4j-recovery").daemon().start(() -> run(life, depth));
        running++; // before it ends, which takes the lock
        return true;
    }

    /** Begins no further attempt, and waits for the end of one that runs. */
    public synchronized void stop() {
        stopped = true;
        notifyAll();
        boolean interrupted = false;
        while (running > 0) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true; // an attempt has an end
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(LaneLife life, int depth) {
        try {
            recover(life, depth);
        } finally {
            synchronized (this) {
                running--;
                notifyAll();
            }
        }
    }

    private void recover(LaneLife life, int depth) {
        for (int attempt = 0; attempt < attempts && hasOldBlocks(); attempt++) {
            if (attempt > 0) {
                pause();
            }
            if (isStopped()) {
                break;
            }
            if (tryOnce(life, depth)) {
                return;
            }
        }
        life.gaveUp(CompletionStatus.ofErrno(hasOldBlocks() ? Errno.ENXIO : Errno.ESTALE));
    }

    /** Whether all requests may be sent, as far as namespaces were read. */
    private boolean hasOldBlocks() {
        return Api.invalidatedNamespaces(controller) == invalidated;
    }

    private synchronized boolean isStopped() {
        return stopped;
    }

    /** Until the next attempt is due, or none will be. */
    private synchronized void pause() {
        long due = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(delayMillis);
        long left = delayMillis;
        try {
            while (!stopped && left > 0) {
                wait(left);
                left = TimeUnit.NANOSECONDS.toMillis(due - System.nanoTime());
            }
        } catch (InterruptedException e) {
            stopped = true; // nobody interrupts this thread but to end it
        }
    }

    /** A queue pair where the controller has survived; else the controller first. */
    private boolean tryOnce(LaneLife life, int depth) {
        try {
            CommandQueue made = queue(depth); // which has namespaces read anew
            if (!hasOldBlocks()) {
                made.close();
                return false;
            }
            life.recovered(made);
            return true;
        } catch (NvmeException e) {
            return false;
        }
    }

    private CommandQueue queue(int depth) {
        synchronized (controller) { // lanes that failed together reset it once
            try {
                return Api.commandQueue(controller, depth);
            } catch (NvmeException e) {
                controller.reset(RESET_MILLIS);
                return Api.commandQueue(controller, depth);
            }
        }
    }
}
