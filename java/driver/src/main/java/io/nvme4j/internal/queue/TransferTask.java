// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.queue;

import io.nvme4j.internal.map.MovedBlocks;
import io.nvme4j.internal.map.TransferPlanner;
import io.nvme4j.internal.memory.Buffers;
import io.nvme4j.internal.memory.Lists;
import io.nvme4j.map.BlockLayout;
import io.nvme4j.map.MappingRules;
import io.nvme4j.memory.CopyPolicy;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.ScatterGatherList;

import org.jspecify.annotations.Nullable;

/**
 * A transfer that a queue is to carry out, before it is known how many commands that takes, and how
 * far it has come. Mutable, so that one object serves all transfers of a queue.
 */
public final class TransferTask {
    final MovedBlocks blocks = new MovedBlocks();
    int opcode;
    int namespace;
    ScatterGatherList data;
    @Nullable DmaBuffer metadata;
    long control;
    long referenceTag;
    boolean referenceTagFollowsLba;
    int applicationTag;

    /** {@link NvmCommand#FUSED_FIRST}, {@link NvmCommand#FUSED_SECOND}, or 0. */
    int fused;

    /** Whether it is known by which way its data go: {@link #copied}. */
    boolean decided;

    /** Whether the data go through bounce buffers. */
    boolean copied;

    /** Blocks whose commands are written. */
    int written;

    /**
     * @param data any list; replaced by {@link #begin}
     */
    public TransferTask(ScatterGatherList data) {
        this.data = data;
    }

    /**
     * Says what is moved, without metadata apart or protection information.
     *
     * @param layout of the blocks, as the list has them
     * @param data whole blocks
     * @throws IllegalArgumentException if data can't go to the list, or come from it, as the opcode
     *     has them, or the list is no whole number of blocks, or more than a transfer can have
     */
    public TransferTask begin(
            int opcode, int namespace, BlockLayout layout, ScatterGatherList data) {
        if (NvmCommand.movesToHost(opcode)) {
            Lists.checkReadTarget(data);
        } else {
            Lists.checkWriteSource(data);
        }
        blocks.begin(layout, 0, layout.blocks(data.length()));
        this.opcode = opcode;
        this.namespace = namespace;
        this.data = data;
        this.metadata = null;
        this.control = 0;
        this.referenceTag = 0;
        this.referenceTagFollowsLba = false;
        this.applicationTag = 0;
        this.fused = 0;
        this.decided = false;
        this.written = 0;
        return this;
    }

    /**
     * Says where the blocks are.
     *
     * @param lba of the first, in the whole namespace
     */
    public TransferTask startingAt(long lba) {
        blocks.startingAt(lba);
        return this;
    }

    /** Whether the commands of all blocks are written. */
    public boolean isWritten() {
        return written == blocks.count();
    }

    /** CDW0 bits 7:0. */
    public int opcode() {
        return opcode;
    }

    /** Where the data are. */
    public ScatterGatherList data() {
        return data;
    }

    /** Blocks to be moved. */
    public int blocks() {
        return blocks.count();
    }

    /** Whether data go to the list. */
    boolean readsToMemory() {
        return NvmCommand.movesToHost(opcode);
    }

    /** Says where metadata are that don't lie with the data. */
    public TransferTask metadata(DmaBuffer buffer, long offset) {
        this.metadata = buffer;
        blocks.metadata(Buffers.mapped(buffer), offset);
        return this;
    }

    /**
     * Says what the commands have beside what they move, and beside what was said before.
     *
     * @param bits as {@link NvmCommand#putBlocks} has them
     */
    public TransferTask addControl(long bits) {
        control |= bits;
        return this;
    }

    /**
     * Says what protection information is to be like.
     *
     * @param referenceTag CDW14 of the first command
     * @param followsLba whether each block's tag is one more than that of the block before
     * @param applicationTag CDW15: tag and mask
     */
    public TransferTask protectionTags(long referenceTag, boolean followsLba, int applicationTag) {
        this.referenceTag = referenceTag;
        this.referenceTagFollowsLba = followsLba;
        this.applicationTag = applicationTag;
        return this;
    }

    /**
     * Makes it one half of a fused pair, which can't be split: so a boundary that commands had only
     * better not cross (NOIOB) is crossed.
     */
    void fuse(int half) {
        fused = half;
        blocks.ignoreBoundary();
    }

    /** Whether both are of the same blocks. */
    boolean isOfSameBlocks(TransferTask other) {
        return namespace == other.namespace
                && blocks.startingLba() == other.blocks.startingLba()
                && blocks.count() == other.blocks.count();
    }

    /**
     * Fails where memory can no longer be used, or is missing: a command without a metadata pointer
     * has the controller move metadata from or to address 0.
     *
     * @throws IllegalStateException if memory of the data or metadata is closed
     * @throws IllegalArgumentException if nobody said where metadata are
     */
    public void checkMemory() {
        Lists.checkAlive(data);
        DmaBuffer apart = metadata;
        if (apart == null && blocks.layout().bytesInMetadataBuffer() > 0) {
            throw new IllegalArgumentException(
                    "the namespace has metadata apart from the data: make a Transfer that says"
                            + " where they are");
        }
        if (apart != null && !apart.isAlive()) {
            throw new IllegalStateException("the buffer of the metadata is closed");
        }
    }

    /**
     * Fails where the data must be copied, and may not be.
     *
     * @param rules of the controller
     * @throws IllegalArgumentException as {@link ScatterGatherList#checkCopyAllowed}
     */
    public void checkCopyAllowed(MappingRules rules) {
        if (data.policy() == CopyPolicy.REFUSE
                && !TransferPlanner.needsNoCopy(rules, blocks, Lists.gather(data))) {
            Lists.checkCopyAllowed(data);
        }
    }
}
