// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import io.nvme4j.CompletionHandler;
import io.nvme4j.Controller;
import io.nvme4j.Namespace;
import io.nvme4j.error.Errno;
import io.nvme4j.error.NvmeException;
import io.nvme4j.error.ShimException;
import io.nvme4j.memory.DmaBuffer;

import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * A thread of the stress test: reads and writes blocks of its own by all of an engine's interfaces,
 * with a model of what is in them, while others close, reset and abort under its hands.
 */
final class StressWorker implements Callable<Void> {
    static final int BLOCKS = 64;
    private static final int OUTSTANDING = 12;
    private static final long UNKNOWN = -1;

    private final Controller controller;
    private final Namespace namespace;
    private final Supplier<Engine> engine;
    private final BooleanSupplier goesOn;
    private final long first;
    private final Random random;

    /** What each block was last written with; UNKNOWN after a write that failed. */
    private final long[] generations = new long[BLOCKS];

    private final boolean[] busy = new boolean[BLOCKS];
    private final Deque<DmaBuffer> free = new ArrayDeque<>();

    /** Of commands that were told as timed out: the controller may still be at them. */
    private final List<Operation> late = new ArrayList<>();

    private final Queue<Operation> done = new ConcurrentLinkedQueue<>();
    private final CompletionRing ring = new CompletionRing(16);
    private final List<Operation> inRing = new ArrayList<>();
    private int outstanding;
    private long generation;
    long succeeded;
    long failed;

    StressWorker(
            Controller controller,
            Namespace namespace,
            Supplier<Engine> engine,
            BooleanSupplier goesOn,
            int number,
            long seed) {
        this.controller = controller;
        this.namespace = namespace;
        this.engine = engine;
        this.goesOn = goesOn;
        this.first = (long) number * BLOCKS;
        this.random = new Random(seed + number);
        Arrays.fill(generations, UNKNOWN);
    }

    /** One command, which must be told of exactly once. */
    private final class Operation implements CompletionHandler {
        final int block;
        final long written; // or UNKNOWN for a read
        final DmaBuffer buffer;
        final Engine usedEngine;
        final AtomicInteger told = new AtomicInteger();
        volatile int status;

        Operation(int block, long written, DmaBuffer buffer, Engine usedEngine) {
            this.block = block;
            this.written = written;
            this.buffer = buffer;
            this.usedEngine = usedEngine;
        }

        @Override
        public void onCompletion(long tag, int result, int dw0) {
            if (told.incrementAndGet() != 1) {
                throw new AssertionError("told " + told.get() + " times");
            }
            status = result;
            done.add(this);
        }
    }

    @Override
    public Void call() {
        while (goesOn.getAsBoolean()) {
            if (outstanding < OUTSTANDING) {
                issue();
            } else {
                leaveProcessorToReactors();
            }
            collect();
        }
        while (outstanding > 0) {
            leaveProcessorToReactors();
            collect();
        }
        return null;
    }

    private static void leaveProcessorToReactors() {
        LockSupport.parkNanos(50_000);
    }

    private void issue() {
        int block = random.nextInt(BLOCKS);
        if (busy[block]) {
            return;
        }
        DmaBuffer buffer = free.isEmpty() ? controller.allocate(4096) : free.pop();
        boolean writes = generations[block] == UNKNOWN || random.nextBoolean();
        long next = writes ? ++generation : UNKNOWN;
        Operation operation = new Operation(block, next, buffer, engine.get());
        busy[block] = true;
        outstanding++;
        try {
            fill(buffer, block, writes ? next : 0);
            publish(operation, writes);
        } catch (IllegalStateException e) {
            // The engine or the buffer was closed before the command was published.
            outstanding--;
            busy[block] = false;
            drop(buffer);
        }
        if (random.nextInt(200) == 0) {
            tryClose(buffer); // refused, or the command fails: never does data go to freed memory
        }
    }

    private void publish(Operation operation, boolean writes) {
        IoOptions options =
                random.nextInt(8) == 0
                        ? IoOptions.DEFAULT.timeout(Duration.ofNanos(1 + random.nextInt(2_000_000)))
                        : IoOptions.DEFAULT;
        switch (random.nextInt(8)) {
            case 0 -> future(operation, writes, options);
            case 1 -> blocking(operation, writes, options);
            case 2, 3 -> throughRing(operation, writes, options);
            default -> {
                long ticket = callback(operation, writes, options, operation, 0);
                if (random.nextInt(10) == 0) {
                    operation.usedEngine.cancel(ticket);
                }
            }
        }
    }

    private long callback(
            Operation operation,
            boolean writes,
            IoOptions options,
            CompletionHandler handler,
            long tag) {
        CallbackIo io = operation.usedEngine.callbacks(handler, options);
        long lba = first + operation.block;
        return writes
                ? io.write(namespace, lba, 1, operation.buffer, 0, tag)
                : io.read(namespace, lba, 1, operation.buffer, 0, tag);
    }

    private void throughRing(Operation operation, boolean writes, IoOptions options) {
        inRing.add(operation);
        try {
            callback(operation, writes, options, ring.handler(), inRing.size() - 1);
        } catch (IllegalStateException e) {
            inRing.removeLast();
            throw e;
        }
    }

    private void future(Operation operation, boolean writes, IoOptions options) {
        FutureIo io = operation.usedEngine.futures(options);
        long lba = first + operation.block;
        CompletableFuture<Integer> future =
                writes
                        ? io.write(namespace, lba, 1, operation.buffer, 0)
                        : io.read(namespace, lba, 1, operation.buffer, 0);
        var _ =
                future.whenComplete(
                        (_, e) -> operation.onCompletion(0, e == null ? 0 : status(e), 0));
    }

    private void blocking(Operation operation, boolean writes, IoOptions options) {
        BlockingIo io = operation.usedEngine.blocking(options);
        long lba = first + operation.block;
        int status = 0;
        try {
            if (writes) {
                io.write(namespace, lba, 1, operation.buffer, 0);
            } else {
                io.read(namespace, lba, 1, operation.buffer, 0);
            }
        } catch (NvmeException e) {
            status = status(e);
        }
        operation.onCompletion(0, status, 0);
    }

    private static int status(Throwable e) {
        return e instanceof ShimException shim ? shim.errno() << 16 : 1;
    }

    private void collect() {
        ring.poll((tag, status, result) -> inRing.get((int) tag).onCompletion(0, status, result));
        if (ring.outstanding() == 0) {
            inRing.clear();
        }
        for (Operation one = done.poll(); one != null; one = done.poll()) {
            outstanding--;
            settle(one);
        }
    }

    private void settle(Operation one) {
        if (one.status == 0) {
            succeeded++;
            busy[one.block] = false;
            if (one.written != UNKNOWN) {
                generations[one.block] = one.written;
            } else if (one.buffer.isAlive()) {
                check(one.buffer, one.block, generations[one.block]);
            }
            free.push(one.buffer);
            return;
        }
        failed++;
        if (one.written != UNKNOWN) {
            generations[one.block] = UNKNOWN;
        }
        if (one.status == Errno.ETIMEDOUT << 16) {
            late.add(one); // its block stays busy until the controller is through with the buffer
        } else {
            busy[one.block] = false;
            drop(one.buffer);
        }
        late.removeIf(this::isOver);
    }

    /** The buffer of a late command can be closed when the controller is through with it. */
    private boolean isOver(Operation one) {
        boolean over = tryClose(one.buffer);
        if (over) {
            busy[one.block] = false;
        }
        return over;
    }

    private static boolean tryClose(DmaBuffer buffer) {
        try {
            buffer.close();
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    private void drop(DmaBuffer buffer) {
        if (!tryClose(buffer)) {
            throw new AssertionError("a buffer without a command can't be closed");
        }
    }

    /** Closes the buffers: with the engine closed, nothing uses any of them. */
    void closeBuffers() {
        late.forEach(one -> drop(one.buffer));
        free.forEach(this::drop);
    }

    private void fill(DmaBuffer buffer, int block, long value) {
        for (int at = 0; at < namespace.blockSize(); at += Long.BYTES) {
            buffer.segment().set(ValueLayout.JAVA_LONG, at, word(block, value, at));
        }
    }

    private void check(DmaBuffer buffer, int block, long value) {
        for (int at = 0; at < namespace.blockSize(); at += Long.BYTES) {
            long found = buffer.segment().get(ValueLayout.JAVA_LONG, at);
            if (found != word(block, value, at)) {
                throw new AssertionError(
                        "block " + (first + block) + " at " + at + " is not of write " + value);
            }
        }
    }

    private long word(int block, long value, int at) {
        return value == 0 ? 0 : (value << 32) ^ (first + block) * 0x9E37_79B9L ^ at;
    }
}
