// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import io.nvme4j.internal.bytes.Claim;
import io.nvme4j.internal.engine.CopyGuard;
import io.nvme4j.internal.wait.SpinWait;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * A command whose caller waits for so long and no longer. It learns of the command's own end even
 * then, unlike a handler of a command with a time limit: only then its {@link Claim} is given up.
 */
final class Awaited implements CopyGuard {
    private static final int WAITING = 0;
    private static final int COPYING = 1;
    private static final int TOLD = 2;
    private static final int GIVEN_UP = 3;

    private static final VarHandle STATE = handleOfState();

    private final Thread thread = Thread.currentThread();
    private final @Nullable Claim claim;
    private int status;

    private volatile int state = WAITING;

    /**
     * @param claim of the write that it is a part of; null of a read
     */
    Awaited(@Nullable Claim claim) {
        this.claim = claim;
        if (claim != null) {
            claim.join();
        }
    }

    private static VarHandle handleOfState() {
        try {
            return MethodHandles.lookup().findVarHandle(Awaited.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** It was not published. */
    void abandon() {
        if (claim != null) {
            claim.leave();
        }
    }

    @Override
    public boolean beginCopy() {
        return STATE.compareAndSet(this, WAITING, COPYING);
    }

    @Override
    public void endCopy() {
        state = WAITING;
    }

    @Override
    public void onCompletion(long tag, int newStatus, int result) {
        if (claim != null) {
            claim.leave(); // first: mostly the caller is the last then
        }
        status = newStatus;
        if (STATE.compareAndSet(this, WAITING, TOLD)) {
            LockSupport.unpark(thread);
        }
    }

    /**
     * Waits for the end, so long and no longer. An interrupt doesn't end the wait; the thread is
     * still interrupted afterwards.
     *
     * @return whether it has ended; if not, nothing is copied to the caller's memory any more
     */
    boolean await(long nanos) {
        long began = System.nanoTime();
        boolean interrupted = false;
        for (long left = nanos; state != TOLD && left > 0; ) {
            LockSupport.parkNanos(this, left);
            interrupted |= Thread.interrupted();
            left = nanos - (System.nanoTime() - began);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !giveUp();
    }

    /** With what it has ended. */
    int status() {
        return status;
    }

    /** Waits for the end of a copy, so that none comes after. Returns false if it was told. */
    private boolean giveUp() {
        SpinWait wait = new SpinWait();
        while (!STATE.compareAndSet(this, WAITING, GIVEN_UP)) {
            if (state == TOLD) {
                return false;
            }
            wait.pause();
        }
        return true;
    }
}
