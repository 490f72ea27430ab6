// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.shim;

import io.nvme4j.shim.generated.Nvme4j;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Keeps an arena from being closed: {@link Arena#close} refuses while a native call is at work on
 * one of its segments, so here is a thread whose call lasts until the hold is released.
 * Thread-safe.
 */
public final class MemoryHold {
    private static final long STACK_BYTES = 128 << 10;

    private final MemorySegment state = Arena.ofAuto().allocate(ValueLayout.JAVA_INT);

    private final Thread thread;

    private MemoryHold(MemorySegment segment) {
        thread =
                Thread.ofPlatform()
                        .name("nvme4j-hold-" + Long.toHexString(segment.address()))
                        .daemon()
                        .stackSize(STACK_BYTES)
                        .unstarted(() -> holdUntilReleased(segment));
    }

    /**
     * Takes a hold on the arena of a segment.
     *
     * @throws IllegalStateException if the arena is closed
     */
    public static MemoryHold on(MemorySegment segment) {
        NativeLibrary.ensureLoaded();
        MemoryHold hold = new MemoryHold(segment);
        hold.thread.start();
        SpinWait wait = new SpinWait();
        while (!hold.isTaken()) {
            if (!hold.thread.isAlive()) {
                throw new IllegalStateException("the segment's arena is closed");
            }
            wait.pause();
        }
        return hold;
    }

    private void holdUntilReleased(MemorySegment segment) {
        if (segment.scope().isAlive()) {
            try {
                Nvme4j.n4j_mem_hold(segment, state);
            } catch (IllegalStateException e) {
                // Closed a moment ago: this thread's end tells.
            }
        }
    }

    private boolean isTaken() {
        return (int) ValueLayout.JAVA_INT.varHandle().getAcquire(state, 0L)
                == Nvme4j.N4J_HOLD_HELD();
    }

    /** Lets the arena be closed, from the moment that this returns. */
    public void release() {
        Nvme4j.n4j_mem_release(state);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true; // told to the caller below: the thread ends in any case
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
