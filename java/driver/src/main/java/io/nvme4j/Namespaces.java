// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The active namespaces, read anew where they may have changed. One whose blocks are as they were
 * stays the same object; one that has other blocks, or that is gone, takes no command any more.
 * Thread-safe.
 */
final class Namespaces {
    private final Inquiry inquiry;
    private final AtomicInteger changes;
    private final ReentrantLock lock = new ReentrantLock();

    /* Written under the lock. */
    private volatile List<Namespace> current;
    private volatile int seen;

    /**
     * @param changes how often they may have changed
     */
    Namespaces(Inquiry inquiry, AtomicInteger changes) {
        this.inquiry = inquiry;
        this.changes = changes;
        this.seen = changes.get();
        this.current = inquiry.namespaces();
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

    private void readAnew() {
        int now = changes.get();
        if (now == seen) {
            return;
        }
        List<Namespace> old = current;
        List<Namespace> read = inquiry.namespaces();
        current = read.stream().map(namespace -> sameOf(old, namespace).orElse(namespace)).toList();
        for (Namespace namespace : old) {
            if (current.stream().noneMatch(namespace::hasBlocksOf)) {
                namespace.invalidate();
            }
        }
        seen = now;
    }

    private static Optional<Namespace> sameOf(List<Namespace> old, Namespace namespace) {
        return old.stream()
                .filter(one -> one.hasBlocksOf(namespace) && one.blocks() == namespace.blocks())
                .findFirst();
    }
}
