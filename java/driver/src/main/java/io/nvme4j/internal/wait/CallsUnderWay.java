// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.wait;

import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * Calls that take memory of a controller's for as long as they last. Its close waits for them: the
 * memory would keep the controller open, and no caller could close it. Thread-safe.
 */
public final class CallsUnderWay {
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

    /** Makes a call, which may make others. */
    public <T> T during(Supplier<T> call) {
        lock.readLock().lock();
        try {
            return call.get();
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Closes the controller when no call is under way. */
    public void close(Runnable close) {
        lock.writeLock().lock();
        try {
            close.run();
        } finally {
            lock.writeLock().unlock();
        }
    }
}
