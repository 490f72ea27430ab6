// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.admin;

import io.nvme4j.internal.wait.Waiting;

import java.util.concurrent.locks.LockSupport;

/**
 * The thread that looks for completions of admin commands, and for events. Between looks it naps,
 * the longer the longer nothing comes, as some commands take hours.
 */
final class AdminPoller implements Runnable {
    private static final long SHORTEST_NAP_NANOS = 20_000;
    private static final long LONGEST_NAP_NANOS = 2_000_000;
    private static final int NAPS_OF_A_LENGTH = 32;

    /** Between looks for what nobody waits for. */
    private static final long LATE_NAP_NANOS = 10_000_000;

    private static final long EVENT_NAP_NANOS = 100_000_000;

    private final AdminQueue queue;
    private final Thread thread;
    private volatile boolean stopping;

    private AdminPoller(AdminQueue queue) {
        this.queue = queue;
        this.thread = Thread.ofPlatform().daemon().name("nvme4j-admin").unstarted(this);
    }

    static AdminPoller start(AdminQueue queue) {
        AdminPoller poller = new AdminPoller(queue);
        poller.thread.start();
        return poller;
    }

    @Override
    public void run() {
        for (int vain = 0; !stopping; vain++) {
            if (queue.tryPoll()) {
                vain = 0;
            }
            nap(vain);
        }
    }

    private void nap(int vain) {
        switch (queue.outlook()) {
            case IDLE -> LockSupport.parkNanos(this, EVENT_NAP_NANOS);
            case LATE -> LockSupport.parkNanos(this, LATE_NAP_NANOS);
            case BUSY -> {
                long nap = SHORTEST_NAP_NANOS << Math.min(vain / NAPS_OF_A_LENGTH, 16);
                LockSupport.parkNanos(this, Math.min(nap, LONGEST_NAP_NANOS));
            }
        }
    }

    /** Has it look soon. */
    void wake() {
        LockSupport.unpark(thread);
    }

    /** Returns when it looks no more. */
    void stop() {
        stopping = true;
        wake();
        if (Waiting.join(thread)) {
            Thread.currentThread().interrupt();
        }
    }
}
