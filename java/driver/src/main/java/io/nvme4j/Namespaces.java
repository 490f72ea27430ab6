// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import io.nvme4j.spec.IdentifyController;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The active namespaces, read anew where they may have changed. One whose blocks are as they were
 * stays the same object; one that has other blocks, or that is gone, takes no command any more.
 * Thread-safe.
 */
final class Namespaces {
    private final Inquiry inquiry;
    private final IdentifyController identify;
    private final AtomicInteger changes;
    private final ReentrantLock lock = new ReentrantLock();

    /* Written under the lock. */
    private volatile List<Namespace> current;
    private volatile int seen;

    private final AtomicInteger invalidated = new AtomicInteger();

    /**
     * @param identify of the controller
     * @param changes how often they may have changed
     */
    Namespaces(Inquiry inquiry, IdentifyController identify, AtomicInteger changes) {
        this.inquiry = inquiry;
        this.identify = identify;
        this.changes = changes;
        this.seen = changes.get();
        this.current = inquiry.namespaces(identify);
    }

    /** By ascending identifier, as they are now. */
    List<Namespace> list() {
        if (seen != changes.get()) {
            lock.lock();
            try {
                readAnew();
            } finally {
                lock.unlock();
            }
        }
        return current;
    }

    /** How many were found to have other blocks than before, or to be gone. */
    int invalidated() {
        return invalidated.get();
    }

    private void readAnew() {
        int now = changes.get();
        if (now == seen) {
            return;
        }
        List<Namespace> old = current;
        List<Namespace> read = inquiry.namespaces(identify);
        current = read.stream().map(one -> familiar(old, one)).toList();
        for (Namespace namespace : old) {
            if (current.stream().noneMatch(namespace::hasBlocksOf)) {
                namespace.invalidate();
                invalidated.incrementAndGet();
            }
        }
        seen = now;
    }

    /** One that was known before, with the same blocks, becomes invalid together with that. */
    private static Namespace familiar(List<Namespace> old, Namespace now) {
        return old.stream()
                .filter(now::hasBlocksOf)
                .findFirst()
                .map(one -> one.as(now))
                .orElse(now);
    }
}
