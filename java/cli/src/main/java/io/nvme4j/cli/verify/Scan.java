// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.verify;

import io.nvme4j.CompletionHandler;
import io.nvme4j.Controller;
import io.nvme4j.Namespace;
import io.nvme4j.QueuePair;
import io.nvme4j.cli.job.Verification;
import io.nvme4j.cli.verify.BlockChecker.Strictness;
import io.nvme4j.error.CommandException;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Reads the blocks of a namespace and checks them against a ledger. */
public final class Scan implements CompletionHandler {
    private static final int DEPTH = 32;
    private static final long LARGEST_READ = 128 << 10;

    private final Controller controller;
    private final Namespace namespace;
    private final Ledger ledger;
    private final BlockChecker checker;
    private final Consumer<String> failures;
    private final int blocksPerRead;

    private final long[] lbas;
    private final int[] lengths;
    private final int[] free;
    private int freeCount;
    private final int[] done;
    private int doneCount;
    private long unreadable;
    private volatile long position;

    /**
     * @param checksAll whether blocks that the ledger does not know are checked too
     * @param handler is told of each block that is wrong
     * @param failures is told of each read that failed
     */
    public Scan(
            Controller controller,
            Namespace namespace,
            Ledger ledger,
            boolean checksAll,
            FaultHandler handler,
            Consumer<String> failures) {
        this.controller = controller;
        this.namespace = namespace;
        this.ledger = ledger;
        this.failures = failures;
        Verification.Kind kind = List.of(Verification.Kind.values()).get(ledger.shape().digest());
        this.checker =
                new BlockChecker(
                        ledger,
                        Digest.of(kind),
                        namespace.layout().bytesInBuffer(),
                        checksAll ? Strictness.MARKED : Strictness.LENIENT,
                        handler);
        int unit = ledger.shape().unitBlocks();
        long limit = Math.min(LARGEST_READ, controller.limits().transferSize());
        long units = Math.max(1, limit / namespace.layout().bytesInBuffer() / unit);
        this.blocksPerRead = (int) (units * unit);
        int depth = Math.min(DEPTH, controller.limits().queueDepth());
        this.lbas = new long[depth];
        this.lengths = new int[depth];
        this.free = new int[depth];
        this.done = new int[depth];
        while (freeCount < depth) {
            free[freeCount] = freeCount++;
        }
    }

    /** Reads all, or until it is to stop. On the calling thread. */
    public void run(BooleanSupplier stop) {
        Ledger.Shape shape = ledger.shape();
        long end = shape.first() + shape.units() * shape.unitBlocks();
        try (ReadBuffers buffers =
                        new ReadBuffers(controller, namespace, lbas.length, blocksPerRead);
                QueuePair queue =
                        controller.queuePair(
                                buffers.split().options(controller, lbas.length, lbas.length))) {
            long next = shape.first();
            while (next < end && !stop.getAsBoolean() || freeCount < lbas.length) {
                while (next < end && freeCount > 0 && !stop.getAsBoolean()) {
                    int slot = free[--freeCount];
                    lbas[slot] = next;
                    lengths[slot] = (int) Math.min(blocksPerRead, end - next);
                    buffers.read(queue, next, lengths[slot], slot);
                    next += lengths[slot];
                }
                queue.process(this);
                checkDone(buffers);
                position = next - shape.first();
            }
        }
    }

    @Override
    public void onCompletion(long tag, int status, int result) {
        int slot = (int) tag;
        if (status == 0) {
            done[doneCount++] = slot;
            return;
        }
        free[freeCount++] = slot;
        unreadable += lengths[slot];
        failures.accept(
                "read of %d blocks at LBA %d failed: %s"
                        .formatted(
                                lengths[slot],
                                lbas[slot],
                                CommandException.of(status).getMessage()));
    }

    private void checkDone(ReadBuffers buffers) {
        for (int i = 0; i < doneCount; i++) {
            int slot = done[i];
            MemorySegment own = buffers.data(slot);
            ByteBuffer buffer = own.asByteBuffer();
            checker.check(own, buffer, lbas[slot], lengths[slot]);
            free[freeCount++] = slot;
        }
        doneCount = 0;
    }

    /** Blocks that were checked. */
    public long checked() {
        return checker.checked();
    }

    /** Blocks that could not be read. */
    public long unreadable() {
        return unreadable;
    }

    /** Blocks that have been asked for so far. For any thread. */
    public long position() {
        return position;
    }
}
