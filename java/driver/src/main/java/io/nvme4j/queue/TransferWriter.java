// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.queue;

import io.nvme4j.memory.CopyPolicy;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.map.GatherCursor;
import io.nvme4j.memory.map.MappedMemory;
import io.nvme4j.memory.map.PageMapper;
import io.nvme4j.memory.map.SplitReason;
import io.nvme4j.memory.map.TransferPlanner;

/**
 * Writes the commands of transfers: as many as they take, from where the data are, or through
 * bounce buffers. First counts, then writes, so that a transfer is prepared whole or not at all.
 */
final class TransferWriter {
    private final CommandQueue queue;
    private final PageMapper mapper;
    private final TransferPlanner planner;
    private final SlotUses uses;
    private final CommandGroups groups;
    private final Bounces bounces;

    /* What is being written. */
    private Transfer transfer;
    private long first;
    private int head;
    private int written;
    private final TransferPlanner.Sink mapped = this::writeMapped;
    private final TransferPlanner.Sink copied = this::writeCopied;

    TransferWriter(
            CommandQueue queue,
            PageMapper mapper,
            TransferPlanner planner,
            SlotUses uses,
            CommandGroups groups,
            Bounces bounces,
            Transfer none) {
        this.queue = queue;
        this.mapper = mapper;
        this.planner = planner;
        this.uses = uses;
        this.groups = groups;
        this.bounces = bounces;
        this.transfer = none;
    }

    /** See {@link CommandQueue#prepare}. */
    int write(Transfer transfer, long first) {
        transfer.data.checkAlive();
        this.transfer = transfer;
        this.first = first;
        int count = transfer.data.needsCopy() ? 0 : plan(TransferPlanner.Sink.NONE);
        boolean copies = count == 0;
        if (copies) {
            refuseCopy();
            count = planCopied(TransferPlanner.Sink.NONE);
        }
        checkRoom(count, copies);
        head = queue.nextSlot();
        written = 0;
        try {
            int again = copies ? planCopied(copied) : plan(mapped);
            assert again == count;
        } catch (RuntimeException | Error e) {
            undo();
            throw e;
        }
        groups.begin(head, count, transfer.data);
        return count;
    }

    private int plan(TransferPlanner.Sink sink) {
        DmaBuffer metadata = transfer.metadata;
        return planner.plan(
                transfer.layout,
                transfer.startingLba,
                transfer.blocks,
                transfer.data.gather(),
                metadata == null ? null : metadata.mapped(),
                transfer.metadataOffset,
                sink);
    }

    private int planCopied(TransferPlanner.Sink sink) {
        DmaBuffer metadata = transfer.metadata;
        return planner.planCopied(
                transfer.layout,
                transfer.startingLba,
                transfer.blocks,
                bounces.pool().bufferSize(),
                metadata == null ? null : metadata.mapped(),
                transfer.metadataOffset,
                sink);
    }

    private void refuseCopy() {
        if (transfer.data.policy() == CopyPolicy.REFUSE) {
            throw new IllegalArgumentException(
                    "the controller can't use the memory where it is: a block's data begin or end"
                            + " where its PRPs, SGLs or fragments can't; align ranges to pages and"
                            + " blocks, or make a list that allows copies");
        }
    }

    private void checkRoom(int count, boolean copies) {
        int most = queue.slots();
        int room = queue.available();
        if (copies) {
            most = Math.min(most, bounces.pool().size());
            room = Math.min(room, bounces.pool().available());
        }
        if (count == 0 || count > most) {
            throw new IllegalArgumentException(
                    becomes(count, copies)
                            + ", and the queue takes "
                            + most
                            + " at once: make smaller transfers");
        }
        if (count > room) {
            throw new IllegalStateException(
                    becomes(count, copies)
                            + ", and there is room for "
                            + room
                            + ": process the queue pair first");
        }
    }

    private static String becomes(int count, boolean copies) {
        return "the transfer becomes "
                + count
                + " commands"
                + (copies ? " that each copy through a buffer of the queue's" : "");
    }

    private void writeMapped(
            int index, long lba, int blocks, GatherCursor from, SplitReason reason) {
        int slot = begin(index, lba, blocks);
        long length = (long) blocks * transfer.layout.bytesInBuffer();
        SubmissionRecord.map(record(index), mapper, from, length, slot);
        uses.setPart(slot, transfer.data);
        finish(index, slot, lba, blocks);
    }

    private void writeCopied(
            int index, long lba, int blocks, GatherCursor from, SplitReason reason) {
        int slot = begin(index, lba, blocks);
        int size = transfer.layout.bytesInBuffer();
        long offset = (lba - transfer.startingLba) * size;
        int length = blocks * size;
        MappedMemory bounce = bounces.take(slot, transfer, offset, length).mapped();
        SubmissionRecord.map(record(index), mapper, bounce, 0, length, slot);
        uses.setPart(slot, bounce);
        finish(index, slot, lba, blocks);
    }

    private long record(int index) {
        return first + index * SubmissionRecord.BYTES;
    }

    private int begin(int index, long lba, int blocks) {
        int slot = queue.nextSlot();
        queue.take();
        written++;
        groups.add(slot, head);
        // NLB, CDW12 bits 15:0, is a 0's based value.
        long cdw12 = blocks - 1 | Integer.toUnsignedLong(transfer.control) << 16;
        SubmissionRecord.putCommand(record(index), transfer.opcode, transfer.namespace, lba, cdw12);
        return slot;
    }

    private void finish(int index, int slot, long lba, int blocks) {
        long done = lba - transfer.startingLba;
        putMetadata(index, slot, done, blocks);
        long follows = transfer.referenceTagFollowsLba ? done : 0;
        SubmissionRecord.putProtectionTags(
                record(index), (int) (transfer.referenceTag + follows), transfer.applicationTag);
        SubmissionRecord.putTag(record(index), slot);
    }

    private void putMetadata(int index, int slot, long done, int blocks) {
        DmaBuffer metadata = transfer.metadata;
        if (metadata != null) {
            int perBlock = transfer.layout.bytesInMetadataBuffer();
            long offset = transfer.metadataOffset + done * perBlock;
            SubmissionRecord.putMetadata(
                    record(index), metadata.mapped(), offset, blocks * perBlock);
            uses.setMetadata(slot, metadata.mapped());
        }
    }

    /** Takes back what was written before something threw. */
    private void undo() {
        queue.untake(written);
        for (int i = 0; i < written; i++) {
            int slot = queue.slotAfter(i);
            groups.remove(slot);
            bounces.remove(slot);
            uses.clear(slot);
        }
    }
}
