// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.queue;

import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.ScatterGatherList;
import io.nvme4j.memory.map.BlockLayout;

import org.jspecify.annotations.Nullable;

/**
 * What a Read, Write or Compare is to do, before it is known how many commands that takes. Mutable,
 * so that one object serves all transfers of a queue.
 */
public final class Transfer {
    int opcode;
    int namespace;
    BlockLayout layout = BlockLayout.of(512);
    long startingLba;
    int blocks;
    ScatterGatherList data;
    @Nullable DmaBuffer metadata;
    long metadataOffset;
    int control;
    long referenceTag;
    boolean referenceTagFollowsLba;
    int applicationTag;
    boolean readsToMemory;

    /** Whether it is known by which way its data go: {@link #copied}. */
    boolean decided;

    /** Whether the data go through bounce buffers. */
    boolean copied;

    /** Blocks whose commands are written. */
    int written;

    /**
     * @param data any list; replaced by {@link #begin}
     */
    public Transfer(ScatterGatherList data) {
        this.data = data;
    }

    /**
     * Says what is moved, without metadata apart or protection information.
     *
     * @param blocks 1 or more; the list has as many bytes as they
     * @param readsToMemory the direction: whether data go to the list
     */
    public Transfer begin(
            int opcode,
            int namespace,
            BlockLayout layout,
            long startingLba,
            int blocks,
            ScatterGatherList data,
            boolean readsToMemory) {
        this.opcode = opcode;
        this.namespace = namespace;
        this.layout = layout;
        this.startingLba = startingLba;
        this.blocks = blocks;
        this.data = data;
        this.readsToMemory = readsToMemory;
        this.metadata = null;
        this.control = 0;
        this.referenceTag = 0;
        this.referenceTagFollowsLba = false;
        this.applicationTag = 0;
        this.decided = false;
        this.written = 0;
        return this;
    }

    /** Whether the commands of all blocks are written. */
    public boolean isWritten() {
        return written == blocks;
    }

    /** Blocks to be moved. */
    public int blocks() {
        return blocks;
    }

    /** Says where metadata are that don't lie with the data. */
    public Transfer metadata(DmaBuffer buffer, long offset) {
        this.metadata = buffer;
        this.metadataOffset = offset;
        return this;
    }

    /**
     * Says what the controller does with protection information.
     *
     * @param control CDW12 bits 31:16, PRINFO among them
     * @param referenceTag CDW14 of the first command
     * @param followsLba whether each block's tag is one more than that of the block before
     * @param applicationTag CDW15: tag and mask
     */
    public Transfer protection(
            int control, long referenceTag, boolean followsLba, int applicationTag) {
        this.control = control;
        this.referenceTag = referenceTag;
        this.referenceTagFollowsLba = followsLba;
        this.applicationTag = applicationTag;
        return this;
    }
}
