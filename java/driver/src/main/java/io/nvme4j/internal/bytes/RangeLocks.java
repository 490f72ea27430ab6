// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.bytes;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Ranges of blocks, of which those that are locked at once share none. Who comes first is served
 * first: nobody overtakes one who waits for a range that overlaps. Any thread; who unlocks needn't
 * be who locked.
 */
public final class RangeLocks {
    private final ReentrantLock lock = new ReentrantLock();

    /* By their first block; they don't overlap. Guarded by the lock. */
    private final TreeMap<Long, Range> held = new TreeMap<>();

    /* In the order in which they came. Guarded by the lock. */
    private final List<Range> waiting = new ArrayList<>();

    /** A range that is locked, or waited for. */
    public static final class Range {
        private final long first;
        private final long last;
        private final Thread thread = Thread.currentThread();
        private volatile boolean isHeld;

        private Range(long first, long last) {
            this.first = first;
            this.last = last;
        }

        private boolean overlaps(Range other) {
            return first <= other.last && other.first <= last;
        }
    }

    /**
     * Locks a range, waiting so long for others. An interrupt doesn't end the wait; the thread is
     * still interrupted afterwards.
     *
     * @param first block
     * @param last block, not less
     * @return null if the time has passed
     */
    public @Nullable Range lock(long first, long last, long nanos) {
        Range range = new Range(first, last);
        lock.lock();
        try {
            if (isFree(range, waiting.size())) {
                hold(range);
                return range;
            }
            waiting.add(range);
        } finally {
            lock.unlock();
        }
        await(range, nanos);
        return range.isHeld || !giveUp(range) ? range : null;
    }

    private void await(Range range, long nanos) {
        long began = System.nanoTime();
        boolean interrupted = false;
        for (long left = nanos; !range.isHeld && left > 0; ) {
            LockSupport.parkNanos(this, left);
            interrupted |= Thread.interrupted();
            left = nanos - (System.nanoTime() - began);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns whether the range was still waited for. */
    private boolean giveUp(Range range) {
        lock.lock();
        try {
            boolean waited = waiting.remove(range);
            serve();
            return waited;
        } finally {
            lock.unlock();
        }
    }

    /** Unlocks a range that {@link #lock} has returned. */
    public void unlock(Range range) {
        lock.lock();
        try {
            held.remove(range.first);
            serve();
        } finally {
            lock.unlock();
        }
    }

    /** Locks what can be, for those who wait. */
    private void serve() {
        int before = 0;
        for (Iterator<Range> each = waiting.iterator(); each.hasNext(); ) {
            Range range = each.next();
            if (isFree(range, before)) {
                each.remove();
                hold(range);
                LockSupport.unpark(range.thread);
            } else {
                before++;
            }
        }
    }

    private void hold(Range range) {
        held.put(range.first, range);
        range.isHeld = true;
    }

    /**
     * Whether nobody has a part of a range, or waits for one.
     *
     * @param before how many of those who wait came before it
     */
    private boolean isFree(Range range, int before) {
        Map.Entry<Long, Range> last = held.floorEntry(range.last);
        return (last == null || !last.getValue().overlaps(range))
                && waiting.subList(0, before).stream().noneMatch(range::overlaps);
    }
}
