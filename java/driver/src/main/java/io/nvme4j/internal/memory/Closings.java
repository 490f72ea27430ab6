// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.memory;

import io.nvme4j.internal.map.MappedMemory;
import io.nvme4j.internal.wait.SpinWait;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

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

        /** Tells of the memory of each command in flight. Called by any thread. */
        void forEachUse(Consumer<MappedMemory> found);

        /**
         * Checks that this thread may wait for the end of its commands.
         *
         * @throws IllegalStateException on the thread that has to see to that
         */
        default void checkMayWait() {}

        /**
         * Whether the commands that their callers gave up are counted as uses, or will never be
         * sent. Called by any thread.
         */
        default boolean isSettled() {
            return true;
        }
    }

    /** Between two looks of who waits for the end of commands. */
    private static final long NAP_NANOS = 20_000;

    /* Replaced when it changes, so that a walk through it takes no lock and allocates nothing. */
    private volatile User[] users = {};
    private volatile int epoch; // odd while a close is at work

    /** From now on, no memory that the user counts uses of is closed. */
    public synchronized void add(User user) {
        User[] changed = Arrays.copyOf(users, users.length + 1);
        changed[users.length] = user;
        users = changed;
    }

    /** The user has no more commands in flight, and will have none. */
    public synchronized void remove(User user) {
        users = Arrays.stream(users).filter(each -> !each.equals(user)).toArray(User[]::new);
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
    void close(MappedMemory memory, Runnable endAccess) {
        close(List.of(memory), endAccess);
    }

    /** The same for several pieces of memory, all or none of which are killed. */
    synchronized void close(List<MappedMemory> all, Runnable endAccess) {
        epoch++;
        AsymmetricFence.heavy();
        try {
            refuseIfUsed(all);
            endAccess.run();
            all.forEach(MappedMemory::kill);
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
        checkMayWait();
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

    /**
     * Checks that this thread may wait for the end of commands.
     *
     * @throws IllegalStateException on a thread that has to see to that
     */
    public void checkMayWait() {
        for (User user : users) {
            user.checkMayWait();
        }
    }

    /**
     * Tells of each piece of memory that a command uses, or may use though its caller was told of
     * an end.
     *
     * @return whether that is all: false while some command that was given up is in nobody's sight
     */
    boolean forEachUse(Consumer<MappedMemory> found) {
        boolean isSettled = isSettled();
        for (User user : users) {
            user.forEachUse(found);
        }
        return isSettled;
    }

    /** What is settled by all of them stays in sight: so it is asked before uses are counted. */
    private boolean isIdle(MappedMemory memory) {
        return isSettled() && countUses(memory) == 0;
    }

    private boolean isSettled() {
        for (User user : users) {
            if (!user.isSettled()) {
                return false;
            }
        }
        return true;
    }

    private int countUses(MappedMemory memory) {
        int uses = 0;
        for (User user : users) {
            uses += user.countUses(memory);
        }
        return uses;
    }

    private void refuseIfUsed(List<MappedMemory> all) {
        int uses = all.stream().mapToInt(this::countUses).sum();
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
