// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.queue;

import io.nvme4j.internal.map.Gather;
import io.nvme4j.internal.map.GatherCursor;
import io.nvme4j.internal.map.MappedMemory;
import io.nvme4j.internal.map.PageMapper;
import io.nvme4j.internal.map.TransferPlanner;
import io.nvme4j.internal.memory.Buffers;
import io.nvme4j.internal.memory.ListUse;
import io.nvme4j.internal.memory.Lists;
import io.nvme4j.map.SplitReason;

/**
 * Writes the commands of transfers: as many as they take, from where the data are, or through
 * bounce buffers. It first counts them, which tells whether the data must be copied and whether
 * there is room for all, and then writes.
 */
final class TransferWriter {
    private final CommandQueue queue;
    private final PageMapper mapper;
    private final TransferPlanner planner;
    private final SlotUses uses;
    private final CommandGroups groups;
    private final Bounces bounces;

    /* What is being written. */
    private TransferTask transfer;
    private long first;
    private int most;
    private int head;
    private int written;

    /* Commands that the transfer takes, as it was decided last. */
    private int needed;

    private final TransferPlanner.Sink mapped = this::writeMapped;
    private final TransferPlanner.Sink copied = this::writeCopied;

    TransferWriter(
            CommandQueue queue,
            PageMapper mapper,
            SlotUses uses,
            CommandGroups groups,
            Bounces bounces,
            TransferTask none) {
        this.queue = queue;
        this.mapper = mapper;
        this.planner = new TransferPlanner(mapper);
        this.uses = uses;
        this.groups = groups;
        this.bounces = bounces;
        this.transfer = none;
    }

    /** See {@link CommandQueue#prepare}. */
    int write(TransferTask transfer, ListUse use, long first) {
        transfer.checkMemory();
        needed = decide(transfer);
        checkFits(needed, transfer.copied);
        if (needed > room(transfer.copied)) {
            return 0;
        }
        put(transfer, first, queue.available());
        groups.begin(head, written, use);
        return written;
    }

    /** What {@link #write} has had no room for. */
    String shortage() {
        return becomes(needed, transfer.copied)
                + ", and there is room for "
                + room(transfer.copied);
    }

    /** See {@link CommandQueue#prepareSome}. */
    int writeSome(TransferTask transfer, long first) {
        transfer.checkMemory();
        if (!transfer.decided) {
            decide(transfer);
        }
        int room = room(transfer.copied);
        if (room == 0) {
            return 0;
        }
        put(transfer, first, room);
        groups.begin(head, written, transfer.data);
        return written;
    }

    /** See {@link CommandQueue#tryFused}. */
    boolean writeFused(FusedPair pair, long first) {
        pair.checkMemory();
        decideWhole(pair.compare);
        decideWhole(pair.write);
        checkFits(2, pair.compare.copied || pair.write.copied);
        if (room(pair.compare.copied || pair.write.copied) < 2) {
            return false;
        }
        put(pair.compare, first, 1);
        int second = queue.nextSlot();
        try {
            putFurther(pair.write, first + SubmissionRecord.BYTES, 1);
        } catch (RuntimeException | Error e) {
            written = 1; // the Compare
            undo();
            throw e;
        }
        groups.begin(head, 2, pair.compareUse);
        groups.keep(second, pair.writeUse);
        return true;
    }

    private void decideWhole(TransferTask half) {
        int count = decide(half);
        if (count != 1) {
            throw new IllegalArgumentException(
                    "a fused Compare and Write is two commands, and this would be "
                            + count
                            + " for each of them: it is more than one command can be");
        }
    }

    /** Finds by which way the data go. Returns how many commands that takes. */
    private int decide(TransferTask transfer) {
        this.transfer = transfer;
        int count = transfer.data.needsCopy() ? 0 : plan(TransferPlanner.Sink.NONE);
        transfer.copied = count == 0;
        if (transfer.copied) {
            Lists.checkCopyAllowed(transfer.data);
            count = planCopied(TransferPlanner.Sink.NONE);
            refuseBlock(count);
        }
        transfer.decided = true;
        return count;
    }

    /** Writes the next commands, at most so many; there is room for them. */
    private void put(TransferTask transfer, long first, int most) {
        head = queue.nextSlot();
        putFurther(transfer, first, most);
    }

    /** The same for commands that the slot stands for that did for the last. */
    private void putFurther(TransferTask transfer, long first, int most) {
        this.transfer = transfer;
        this.first = first;
        this.most = most;
        written = 0;
        int before = transfer.written;
        try {
            int told = transfer.copied ? planCopied(copied) : plan(mapped);
            assert told == written && written > 0;
        } catch (RuntimeException | Error e) {
            undo();
            transfer.written = before;
            throw e;
        }
    }

    private int plan(TransferPlanner.Sink sink) {
        Gather data = Lists.gather(transfer.data);
        return planner.plan(transfer.blocks, transfer.written, data, sink);
    }

    private int planCopied(TransferPlanner.Sink sink) {
        long size = bounces.pool().bufferSize();
        return planner.planCopied(transfer.blocks, transfer.written, size, sink);
    }

    private void refuseBlock(int count) {
        if (count == 0) {
            throw new IllegalArgumentException(
                    "no command takes a block of "
                            + transfer.blocks.layout().bytesInBuffer()
                            + " bytes: it is more than one moves, or its metadata begin at no"
                            + " multiple of 4");
        }
    }

    /** Commands that can be written now. */
    private int room(boolean copies) {
        int slots = queue.available();
        return copies ? Math.min(slots, bounces.pool().available()) : slots;
    }

    private void checkFits(int count, boolean copies) {
        int most = copies ? Math.min(queue.slots(), bounces.pool().size()) : queue.slots();
        if (count > most) {
            throw new IllegalArgumentException(
                    becomes(count, copies)
                            + ", and the queue takes "
                            + most
                            + " at once: make smaller transfers");
        }
    }

    private static String becomes(int count, boolean copies) {
        return "the transfer becomes "
                + count
                + " commands"
                + (copies ? " that each copy through a buffer of the queue's" : "");
    }

    private boolean writeMapped(
            int index, long lba, int blocks, GatherCursor from, SplitReason reason) {
        int slot = begin(index, lba, blocks);
        long length = (long) blocks * transfer.blocks.layout().bytesInBuffer();
        SubmissionRecord.map(record(index), mapper, from, length, slot);
        uses.setPart(slot, transfer.data);
        return finish(index, slot, lba, blocks);
    }

    private boolean writeCopied(
            int index, long lba, int blocks, GatherCursor from, SplitReason reason) {
        int slot = begin(index, lba, blocks);
        int size = transfer.blocks.layout().bytesInBuffer();
        long offset = (lba - transfer.blocks.startingLba()) * size;
        int length = blocks * size;
        MappedMemory bounce = Buffers.mapped(bounces.take(slot, transfer, offset, length));
        SubmissionRecord.map(record(index), mapper, bounce, 0, length, slot);
        uses.setPart(slot, bounce);
        return finish(index, slot, lba, blocks);
    }

    private long record(int index) {
        return first + index * SubmissionRecord.BYTES;
    }

    private int begin(int index, long lba, int blocks) {
        int slot = queue.take();
        written++;
        groups.add(slot, head);
        NvmCommand.putBlocks(
                record(index),
                transfer.opcode | transfer.fused,
                transfer.namespace,
                lba,
                blocks,
                transfer.control);
        return slot;
    }

    /** Returns whether there is room for another command. */
    private boolean finish(int index, int slot, long lba, int blocks) {
        int done = (int) (lba - transfer.blocks.startingLba());
        putMetadata(index, slot, done, blocks);
        long follows = transfer.referenceTagFollowsLba ? done : 0;
        SubmissionRecord.putProtectionTags(
                record(index), (int) (transfer.referenceTag + follows), transfer.applicationTag);
        SubmissionRecord.putTag(record(index), slot);
        transfer.written += blocks;
        return written < most;
    }

    private void putMetadata(int index, int slot, int done, int blocks) {
        MappedMemory metadata = transfer.blocks.metadata();
        if (metadata != null) {
            long offset = transfer.blocks.metadataOffset(done);
            int bytes = blocks * transfer.blocks.layout().bytesInMetadataBuffer();
            SubmissionRecord.putMetadata(record(index), metadata, offset, bytes);
            uses.setMetadata(slot, metadata);
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
