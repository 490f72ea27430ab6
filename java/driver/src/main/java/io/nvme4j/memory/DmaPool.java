// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.memory;

import io.nvme4j.internal.memory.SliceStates;
import io.nvme4j.internal.memory.SlicedMemory;
import io.nvme4j.internal.wait.Nanos;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntPredicate;

/**
 * A bounded number of buffers of one size, slices of memory that was allocated at once: of
 * hugepages where there are any. Made by {@link io.nvme4j.Controller#pool}.
 *
 * <p>Who has acquired a slice uses it as any other {@link DmaBuffer}, and releases it when all of
 * its commands have been told of: completed, timed out or cancelled. Of the last two the controller
 * may still use the memory: such a slice isn't given out before it is through with it. A slice is
 * not cleared in between, and can't be closed by itself. Slices of a page or more begin with a
 * page.
 *
 * <p>Thread-safe. Acquiring and releasing takes no lock while slices are free, and allocates
 * nothing.
 */
public final class DmaPool implements AutoCloseable {
    /** Between looks whether a command that was given up has completed, which nobody tells. */
    private static final long NAP_NANOS = 200_000;

    private static final long FOREVER = Long.MAX_VALUE;

    private final SlicedMemory memory;
    private final long sliceSize;
    private final int slices;
    private final SliceStates states;
    private final IntPredicate isUsed;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition released = lock.newCondition();
    private final AtomicInteger waiting = new AtomicInteger();

    /** Set before a close counts what is out, and taken back if anything is. */
    private volatile boolean closing;

    private boolean closed; // guarded by lock

    /** Whether some of what was given back was used when that was looked at last. */
    private boolean lingers; // guarded by lock

    /**
     * @param sliceSize bytes of each slice
     * @param slices how many
     */
    DmaPool(SlicedMemory memory, long sliceSize, int slices) {
        this.memory = memory;
        this.sliceSize = sliceSize;
        this.slices = slices;
        this.states = new SliceStates(slices);
        this.isUsed = memory::isUsed;
    }

    /** {@return how many bytes each slice has} */
    public long sliceSize() {
        return sliceSize;
    }

    /** {@return how many slices the pool has in all, free and taken} */
    public int slices() {
        return slices;
    }

    /**
     * Takes a slice, waiting as long as none is free. An interrupt doesn't end the wait; the thread
     * is still interrupted afterwards.
     *
     * @return a slice of {@link #sliceSize()} bytes, to be given back by {@link #release}
     * @throws IllegalStateException if the pool is closed, or the caller would wait on a reactor
     *     that runs queue pairs of the controller's
     */
    public DmaBuffer acquire() {
        DmaBuffer slice = tryAcquire();
        return slice != null
                ? slice
                : Objects.requireNonNull(await(FOREVER), "waiting forever ends with a slice");
    }

    /**
     * Takes a slice.
     *
     * @return null if none is free
     * @throws IllegalStateException if the pool is closed
     */
    public @Nullable DmaBuffer tryAcquire() {
        int number = states.take();
        if (number == SliceStates.NONE || closing) {
            return takeUnderLock(number);
        }
        return memory.slice(number);
    }

    /**
     * Takes a slice, waiting so long and no longer if none is free; otherwise as {@link #acquire}.
     *
     * @param limit of the wait; 0 doesn't wait
     * @return null if none was free in time
     * @throws IllegalArgumentException if the limit is negative
     */
    public @Nullable DmaBuffer tryAcquire(Duration limit) {
        long nanos = Nanos.ofLimit(limit);
        DmaBuffer slice = tryAcquire();
        return slice != null || nanos == 0 ? slice : await(nanos);
    }

    /**
     * @param taken a slice that was taken while a close may be at work, or {@link SliceStates#NONE}
     */
    private @Nullable DmaBuffer takeUnderLock(int taken) {
        lock.lock();
        try {
            int number = taken;
            if (number == SliceStates.NONE && !closed) {
                reclaim();
                number = states.take();
            }
            if (closed) {
                if (number != SliceStates.NONE) {
                    states.giveBack(number);
                }
                throw new IllegalStateException("the pool is closed");
            }
            return number == SliceStates.NONE ? null : memory.slice(number);
        } finally {
            lock.unlock();
        }
    }

    /** Makes what was given back free, as far as no command uses it. Under the lock. */
    private void reclaim() {
        int first = states.takeGivenBack();
        boolean isKnown = first == SliceStates.NONE || memory.look();
        lingers = states.reclaim(first, isKnown ? isUsed : number -> true);
    }

    private @Nullable DmaBuffer await(long nanos) {
        memory.closings().checkMayWait();
        long began = System.nanoTime();
        boolean interrupted = false;
        waiting.incrementAndGet(); // before the pool is looked at again: see release()
        lock.lock();
        try {
            DmaBuffer slice = tryAcquire();
            long left = nanos;
            while (slice == null && left > 0) {
                interrupted |= nap(left);
                slice = tryAcquire();
                left = nanos - (System.nanoTime() - began);
            }
            return slice;
        } finally {
            lock.unlock();
            waiting.decrementAndGet();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Returns whether the thread was interrupted. */
    @SuppressWarnings("WaitNotInLoop") // the caller's is one
    private boolean nap(long most) {
        try {
            released.awaitNanos(lingers ? Math.min(most, NAP_NANOS) : most);
            return false;
        } catch (InterruptedException e) {
            return true;
        }
    }

    /**
     * Gives a slice back.
     *
     * @param slice that was acquired from this pool
     * @throws IllegalArgumentException if the buffer is no slice of this pool
     * @throws IllegalStateException if it was released already
     */
    public void release(DmaBuffer slice) {
        int number = memory.number(Objects.requireNonNull(slice, "slice"));
        if (!states.giveBack(number)) {
            throw new IllegalStateException("the slice was released already");
        }
        if (waiting.get() > 0) { // who counts itself first, and then looks for what was released
            lock.lock();
            try {
                released.signal();
            } finally {
                lock.unlock();
            }
        }
    }

    /**
     * Frees the memory. Closing twice does nothing.
     *
     * @throws IllegalStateException if slices are out, which it counts, or commands in flight use
     *     some; the pool is then still open
     */
    @Override
    public void close() {
        lock.lock();
        try {
            if (!closed) {
                closing = true; // who takes a slice from now on sees this, or is counted here
                checkNoneOut();
                memory.close();
                closed = true;
                released.signalAll();
            }
        } finally {
            closing = closed;
            lock.unlock();
        }
    }

    private void checkNoneOut() {
        int out = states.out();
        if (out > 0) {
            throw new IllegalStateException(
                    out + (out == 1 ? " slice is" : " slices are") + " still out: release first");
        }
    }
}
