// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.queue;

import io.nvme4j.internal.memory.ListUse;
import io.nvme4j.memory.ScatterGatherList;

/**
 * A fused Compare and Write (Base, "Fused Operations") before its commands are written: two
 * commands on the same blocks, with nothing between them. Mutable, so that one object serves all
 * pairs of a queue.
 */
public final class FusedPair {
    final TransferTask compare;
    final TransferTask write;
    final ListUse compareUse = new ListUse();
    final ListUse writeUse = new ListUse();

    /**
     * @param any list; replaced by {@link #begin}
     */
    public FusedPair(ScatterGatherList any) {
        this.compare = new TransferTask(any);
        this.write = new TransferTask(any);
    }

    /**
     * Keeps the lists from changes, until {@link #end} or, once a queue has taken the pair, until
     * the commands have completed.
     *
     * @throws IllegalStateException if another thread is changing one of them
     */
    public void begin(ScatterGatherList compared, ScatterGatherList written) {
        compareUse.begin(compared);
        try {
            writeUse.begin(written);
        } catch (RuntimeException | Error e) {
            compareUse.end();
            throw e;
        }
    }

    /** Lets go of the lists, unless a queue has taken the pair. */
    public void end() {
        compareUse.end();
        writeUse.end();
    }

    /** What is compared. */
    public TransferTask compare() {
        return compare;
    }

    /** What is written where the comparison succeeds. */
    public TransferTask write() {
        return write;
    }

    /**
     * Checks that a queue can have both in flight.
     *
     * @throws IllegalArgumentException if its depth is 1
     */
    public static void checkDepth(int depth) {
        if (depth < 2) {
            throw new IllegalArgumentException(
                    "a fused Compare and Write is two commands, and takes a depth of 2 or more");
        }
    }

    /**
     * Checks that the two can be fused, once both are described, and fuses them.
     *
     * @param supported whether the controller has this (Identify Controller, FUSES)
     * @throws IllegalArgumentException if they can't
     */
    public void fuse(boolean supported) {
        if (!supported) {
            throw new IllegalArgumentException(
                    "the controller has no fused Compare and Write (Identify Controller, FUSES)");
        }
        if (compare.opcode != NvmCommand.COMPARE || write.opcode != NvmCommand.WRITE) {
            throw new IllegalArgumentException(
                    "the first of a fused pair is a Compare, and the second a Write");
        }
        if (!compare.isOfSameBlocks(write)) {
            throw new IllegalArgumentException(
                    "a fused Compare and Write are of the same blocks: %d from %d on, and %d from %d on"
                            .formatted(
                                    compare.blocks(),
                                    compare.blocks.startingLba(),
                                    write.blocks(),
                                    write.blocks.startingLba()));
        }
        compare.fuse(NvmCommand.FUSED_FIRST);
        write.fuse(NvmCommand.FUSED_SECOND);
    }

    /**
     * Fails where the pair can't go as it is.
     *
     * @throws IllegalStateException if memory of the data or metadata is closed
     * @throws IllegalArgumentException if nobody said where metadata are
     */
    void checkMemory() {
        compare.checkMemory();
        write.checkMemory();
    }
}
