// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.bytes;

import io.nvme4j.Controller;
import io.nvme4j.internal.Api;
import io.nvme4j.internal.memory.Buffers;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.DmaPool;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Buffers for blocks of which a part is written. They are freed when the engine is closed and the
 * last of them is back, whichever comes later.
 */
public final class Scratch {
    private static final int SLICES = 64;

    private final Controller controller;
    private final long bytes;

    /* Made when it is first needed. Guarded by this. */
    private @Nullable DmaPool pool;

    /* The engine, and those who have a buffer. */
    private final AtomicInteger holders = new AtomicInteger(1);

    /**
     * @param bytes of a buffer
     */
    public Scratch(Controller controller, long bytes) {
        this.controller = controller;
        this.bytes = bytes;
    }

    private synchronized DmaPool pool() {
        DmaPool made = pool;
        if (made == null) {
            made = Buffers.pool(Api.memory(controller), bytes, SLICES, false);
            pool = made;
        }
        return made;
    }

    /**
     * Takes a buffer, waiting so long for one.
     *
     * @return null if there was none in time
     * @throws IllegalStateException if the engine is closed
     * @throws io.nvme4j.error.ShimException if there is not enough memory
     */
    public @Nullable DmaBuffer acquire(long nanos) {
        if (holders.getAndUpdate(count -> count == 0 ? 0 : count + 1) == 0) {
            throw new IllegalStateException("the engine is closed");
        }
        DmaBuffer buffer = null;
        try {
            buffer = pool().tryAcquire(Duration.ofNanos(nanos));
        } finally {
            if (buffer == null) {
                leave();
            }
        }
        return buffer;
    }

    /** Gives a buffer back, of which all commands have been told. */
    public void release(DmaBuffer buffer) {
        pool().release(buffer);
        leave();
    }

    /** The engine is closed. */
    public void leave() {
        if (holders.decrementAndGet() == 0) {
            close();
        }
    }

    private synchronized void close() {
        DmaPool made = pool;
        if (made != null) {
            made.close();
        }
    }
}
