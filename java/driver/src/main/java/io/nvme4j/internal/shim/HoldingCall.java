// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.shim;

import io.nvme4j.internal.shim.generated.Nvme4j;
import io.nvme4j.internal.wait.SpinWait;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A native call that lasts until it is released, with segments as its arguments: none of their
 * arenas can be closed meanwhile. It takes a thread.
 */
final class HoldingCall {
    /** Segments of one call. Java makes code for each pair of them: more would be slow to begin. */
    static final int MOST = 64;

    private static final MethodHandle HOLD = handle();

    /** The thread of a call that has ended serves the next one. */
    private static final Executor THREADS =
            new ThreadPoolExecutor(
                    0,
                    Integer.MAX_VALUE,
                    1,
                    TimeUnit.SECONDS,
                    new SynchronousQueue<>(),
                    Thread.ofPlatform().name("nvme4j-hold-", 0).daemon().factory());

    private final MemorySegment state = Arena.ofAuto().allocate(ValueLayout.JAVA_INT);
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private HoldingCall() {}

    private static MethodHandle handle() {
        MemoryLayout[] pointers = new MemoryLayout[MOST];
        Arrays.fill(pointers, ValueLayout.ADDRESS);
        return Nvme4j.n4j_mem_hold
                .makeInvoker(pointers)
                .handle()
                .asSpreader(MemorySegment[].class, MOST);
    }

    /**
     * Begins a call; the arenas are held when this returns.
     *
     * @param segments at most {@link #MOST}
     * @throws IllegalStateException if one of the arenas is closed
     */
    static HoldingCall begin(List<MemorySegment> segments) {
        MemorySegment[] arguments = new MemorySegment[MOST];
        Arrays.fill(segments.toArray(arguments), segments.size(), MOST, MemorySegment.NULL);
        HoldingCall call = new HoldingCall();
        THREADS.execute(() -> call.run(arguments));
        call.awaitTaken();
        return call;
    }

    private void run(MemorySegment[] arguments) {
        try {
            HOLD.invokeExact(state, arguments);
            ended.complete(null);
        } catch (Throwable e) {
            ended.completeExceptionally(e);
        }
    }

    private void awaitTaken() {
        SpinWait wait = new SpinWait();
        while (!isTaken()) {
            if (ended.isDone()) {
                throw new IllegalStateException(
                        "the segment's arena is closed", ended.exceptionNow());
            }
            wait.pause();
        }
    }

    private boolean isTaken() {
        return (int) ValueLayout.JAVA_INT.varHandle().getAcquire(state, 0L)
                == Nvme4j.N4J_HOLD_HELD();
    }

    /** Ends the call: it holds nothing when this returns. */
    void end() {
        Nvme4j.n4j_mem_release(state);
        ended.join();
    }
}
