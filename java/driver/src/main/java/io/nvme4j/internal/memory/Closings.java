// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.memory;

import io.nvme4j.internal.map.MappedMemory;
import io.nvme4j.internal.wait.SpinWait;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps a close of memory and a submission on another thread out of each other's way, without a
 * lock or an atomic operation for each I/O:
 *
 * <ul>
 *   <li>A queue notes the memory of each command, then, once a batch, passes a light fence and
 *       compares the epoch with the one that it saw last. Only where that differs does it look
 *       whether its memory is still alive.
 *   <li>A close makes the epoch odd, passes a heavy fence, and looks through what all queues have
 *       noted. It refuses where it finds the memory, else the memory is dead; then it makes the
 *       epoch even.
 * </ul>
 *
 * Whichever came first in the order of the two fences ({@link AsymmetricFence}), either the close
 * sees the note or the queue sees the epoch.
 */
public final class Closings {
    /** Whoever has commands in flight that use memory of a controller. */
    public interface User {
        /** Commands in flight that use the memory. Called by any thread. */
        int countUses(MappedMemory memory);

        /**
         * Whether the commands that their callers gave up are counted as uses, or will never be
         * sent. Called by any thread.
         *
         * @throws IllegalStateException on the thread that has to see to that
         */
        default boolean isSettled() {
            return true;
        }
    }

    /** Between two looks of who waits for the end of commands. */
    private static final long NAP_NANOS = 20_000;

    private final List<User> users = new CopyOnWriteArrayList<>();
    private volatile int epoch; // odd while a close is at work

    /** From now on, no memory that the user counts uses of is closed. */
    public void add(User user) {
        users.add(user);
    }

    /** The user has no more commands in flight, and will have none. */
    public void remove(User user) {
        users.remove(user);
    }

    /** A queue's side of it. */
    public Watch watch() {
        return new Watch();
    }

    /**
     * Kills the memory.
     *
     * @param endAccess run once no command uses it; if it throws, the memory lives on
     * @throws IllegalStateException if commands in flight use it
     */
    synchronized void close(MappedMemory memory, Runnable endAccess) {
        epoch++;
        AsymmetricFence.heavy();
        try {
            refuseIfUsed(memory);
            endAccess.run();
            memory.kill();
        } finally {
            epoch++;
        }
    }

    /**
     * Waits until no command uses the memory, also none that its caller gave up.
     *
     * @return false if one still does when the time has passed
     * @throws IllegalStateException on a thread that the others wait for
     */
    public boolean awaitIdle(MappedMemory memory, long nanos) {
        long began = System.nanoTime();
        boolean interrupted = false;
        boolean idle = isIdle(memory);
        while (!idle && System.nanoTime() - began < nanos) {
            LockSupport.parkNanos(this, NAP_NANOS);
            interrupted |= Thread.interrupted();
            idle = isIdle(memory);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return idle;
    }

    /** What is settled by all of them stays in sight: so it is asked before uses are counted. */
    private boolean isIdle(MappedMemory memory) {
        return users.stream().allMatch(User::isSettled) && countUses(memory) == 0;
    }

    private int countUses(MappedMemory memory) {
        return users.stream().mapToInt(user -> user.countUses(memory)).sum();
    }

    private void refuseIfUsed(MappedMemory memory) {
        int uses = countUses(memory);
        if (uses > 0) {
            throw new IllegalStateException(
                    uses
                            + " commands in flight use the buffer: process their completions or"
                            + " close their queue pair first");
        }
    }

    /** What a queue has seen of closes. The queue's thread's alone. */
    public final class Watch {
        /* Of no epoch yet, so that the first batch looks: a close may be at work already. */
        private int seen = epoch - 1;

        /**
         * Whether memory may have been closed since this was asked, or settled, last. Asked when
         * all that a batch uses has been noted; where the answer is no, none of that is closed
         * before it completes.
         */
        public boolean mayHaveClosed() {
            AsymmetricFence.light();
            return epoch != seen;
        }

        /**
         * Waits for the end of a close: what is noted and alive now stays so. Where threads
         * outnumber processors, who closes may need this one to go on.
         */
        public void settle() {
            int now = epoch;
            SpinWait wait = new SpinWait();
            while ((now & 1) != 0) {
                wait.pause();
                now = epoch;
            }
            seen = now;
        }
    }
}
