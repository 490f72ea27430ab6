// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.queue;

import io.nvme4j.error.ShimException;
import io.nvme4j.internal.map.ListPages;
import io.nvme4j.internal.map.MappedMemory;
import io.nvme4j.internal.map.PageMapper;
import io.nvme4j.internal.memory.BouncePool;
import io.nvme4j.internal.memory.Buffers;
import io.nvme4j.internal.memory.Closings;
import io.nvme4j.internal.memory.DmaMemory;
import io.nvme4j.internal.memory.ListMemory;
import io.nvme4j.internal.memory.ListUse;
import io.nvme4j.internal.memory.Lists;
import io.nvme4j.internal.shim.NativeController;
import io.nvme4j.internal.shim.NativeQueuePair;
import io.nvme4j.map.MappingRules;
import io.nvme4j.memory.CopyPolicy;
import io.nvme4j.memory.DmaBuffer;

import java.lang.ref.Reference;
import java.util.function.Consumer;

/**
 * A queue pair with a slot for each command that can be in flight or on standby. The slot's number
 * is the command's tag in C; the slot keeps the command's memory from being freed, and owns the
 * pages of its PRP list or SGL.
 *
 * <p>A command is written to a submission record ({@link NvmCommand}), takes a slot ({@link
 * #take}), which adds its data pointer and its tag, and goes out with its batch ({@link
 * #exchange}); {@link #prepare} does that for a transfer that may become several commands. A slot
 * is free again when its completion is delivered ({@link #deliver}).
 *
 * <p>One thread at a time, but for {@link #countUses} and {@link #forEachUse}. It has many fields,
 * as an object between it and any of them would be one more to load with each command.
 */
public final class CommandQueue implements Closings.User {
    private final NativeQueuePair queuePair;
    private final DmaMemory memory;
    private final int slots;
    private final PageMapper mapper;
    private final ListMemory lists;
    private final DmaBuffer ranges;

    private final SlotUses uses;
    private final Closings.Watch closings;
    private final CommandGroups groups;
    private final Bounces bounces;
    private final TransferWriter writer;
    private final int[] freeSlots;
    private int free;

    /* These are never freed while this object is reachable, so that no late access can find it gone. */
    final RecordArray completions;
    private int completionLimit;
    private int reaped;
    private int delivered;
    private boolean delivering;

    /** It is told of each completion. */
    @FunctionalInterface
    public interface SlotHandler {
        /**
         * A command, or all of a transfer, has completed; its slot is free again already.
         *
         * @param status as {@link CompletionRecord#status}
         * @param result DW0 of the completion queue entry
         */
        void completed(int slot, int status, int result);

        /**
         * Asked before data that a transfer has read are copied to its caller's memory: whether the
         * caller still waits for them. If so, nobody tells the caller of an end before {@link
         * #endCopy}.
         */
        default boolean beginCopy(int slot) {
            return true;
        }

        /** The data were copied. */
        default void endCopy(int slot) {}
    }

    private CommandQueue(
            NativeQueuePair queuePair,
            DmaMemory memory,
            MappingRules rules,
            int slots,
            ListMemory lists,
            DmaBuffer ranges) {
        this.queuePair = queuePair;
        this.memory = memory;
        this.slots = slots;
        this.completionLimit = slots;
        this.lists = lists;
        this.ranges = ranges;
        this.mapper = new PageMapper(rules, lists.pages(), ListPages.perCommand(rules));
        this.uses = new SlotUses(slots);
        this.closings = memory.closings().watch();
        this.groups = new CommandGroups(slots);
        BouncePool pool = new BouncePool(memory, rules.maximumTransferSize(), slots);
        this.bounces = new Bounces(pool, slots);
        this.writer =
                new TransferWriter(
                        this,
                        mapper,
                        uses,
                        groups,
                        bounces,
                        new TransferTask(Lists.list(memory, CopyPolicy.REFUSE)));
        this.freeSlots = new int[slots];
        for (int slot = slots - 1; slot >= 0; slot--) {
            freeSlots[free++] = slot;
        }
        this.completions = RecordArray.ofCompletions(slots);
    }

    /**
     * Creates a queue pair on the controller.
     *
     * @param rules of data pointers
     * @param depth commands that can be in flight at once, 1 to the controller's maximum
     * @param standby further ones that can wait for the place of another
     * @throws ShimException if the controller has no queue pair left or one of both is out of range
     */
    public static CommandQueue create(
            NativeController controller,
            DmaMemory memory,
            MappingRules rules,
            int depth,
            int standby) {
        NativeQueuePair queuePair = controller.createQueuePair(depth, standby);
        ListMemory lists = null;
        DmaBuffer ranges = null;
        try {
            int slots = depth + standby;
            lists = memory.allocateLists(Math.max(1, slots * ListPages.perCommand(rules)));
            ranges = memory.allocateInternal((long) slots * NvmCommand.RANGE_BYTES);
            CommandQueue queue = new CommandQueue(queuePair, memory, rules, slots, lists, ranges);
            memory.closings().add(queue);
            return queue;
        } catch (RuntimeException | Error e) {
            queuePair.destroy();
            if (ranges != null) {
                ranges.close();
            }
            if (lists != null) {
                lists.close();
            }
            throw e;
        }
    }

    /** Tells how many commands can be prepared and not completed at once. */
    public int slots() {
        return slots;
    }

    /** Tells how many slots can be taken. */
    public int available() {
        return free;
    }

    /** Tells the slot that is taken next. There must be one. */
    public int nextSlot() {
        return freeSlots[free - 1];
    }

    /**
     * Takes a slot for the command in a record, which moves no data. There must be one.
     *
     * @param record address of the submission record, whose command is already written
     * @return the slot
     */
    public int take(long record) {
        SubmissionRecord.putNoData(record);
        return take(record, nextSlot());
    }

    /**
     * Takes a slot for the command in a record, and keeps its memory alive until it completes.
     *
     * @param offset of the data in the memory, in bytes
     * @param length bytes
     * @return as {@link #take(long)}
     * @throws IllegalArgumentException if the controller takes no data that begins at this offset;
     *     then no slot is taken
     */
    public int take(long record, MappedMemory data, long offset, long length) {
        int slot = nextSlot();
        SubmissionRecord.map(record, mapper, data, offset, length, slot);
        uses.set(slot, data);
        return take(record, slot);
    }

    /**
     * Takes a slot for the Dataset Management in a record, whose one range is written to memory of
     * the slot's own.
     *
     * @param startingLba first block
     * @param blocks how many
     * @return as {@link #take(long)}
     */
    public int takeRange(long record, long startingLba, int blocks) {
        long at = (long) nextSlot() * NvmCommand.RANGE_BYTES;
        NvmCommand.putRange(ranges.segment(), at, startingLba, blocks);
        return take(record, Buffers.mapped(ranges), at, NvmCommand.RANGE_BYTES);
    }

    private int take(long record, int slot) {
        SubmissionRecord.putTag(record, slot);
        free--;
        return slot;
    }

    /** Takes {@link #nextSlot()} for a command that is yet to be written. */
    int take() {
        return freeSlots[--free];
    }

    /** Gives back the slots that were taken last, as if they had not been. */
    void untake(int count) {
        free += count;
    }

    /** Tells which slot will be taken after so many others. */
    int slotAfter(int others) {
        return freeSlots[free - 1 - others];
    }

    /**
     * Writes the commands of a transfer to neighbouring records and takes their slots, or changes
     * nothing. The first one's slot stands for all.
     *
     * @param use of the transfer's list, which ends with the last command; it is the caller's still
     *     if this throws
     * @param first address of the first record
     * @return commands; 0 where they are more than there are slots now, or bounce buffers
     * @throws IllegalStateException if memory is closed
     * @throws IllegalArgumentException if the controller can't use the memory and copies are not
     *     allowed, or if the transfer is more than the queue can ever take
     */
    public int prepare(TransferTask transfer, ListUse use, long first) {
        return writer.write(transfer, use, first);
    }

    /** Says for people what {@link #prepare} has had no room for. */
    public String shortage() {
        return writer.shortage();
    }

    /**
     * Writes as many of a transfer's commands as there is room for now, after those that earlier
     * calls with the same transfer wrote; as {@link #prepare}, which writes all. The first one's
     * slot stands for those of this call. The list is the caller's to keep from changes between two
     * calls.
     *
     * @param first address of the first record
     * @return commands; 0 where there is no room
     * @throws IllegalStateException if memory is closed
     * @throws IllegalArgumentException if the controller can't use the memory and copies are not
     *     allowed
     */
    public int prepareSome(TransferTask transfer, long first) {
        return writer.writeSome(transfer, first);
    }

    /**
     * Writes a fused pair to two neighbouring records and takes their slots, or changes nothing.
     * The first one's slot stands for both; their status is the Compare's, unless only the Write
     * has failed. Both must go out with one {@link #exchange}.
     *
     * @param pair its lists are kept from changes until the commands have completed; they are the
     *     caller's still if this throws or there is no room
     * @param first address of the first record
     * @return whether there was room
     * @throws IllegalStateException if memory is closed
     * @throws IllegalArgumentException if one of the two would be several commands, the controller
     *     can't use the memory and copies are not allowed, or the queue never has room for two
     */
    public boolean tryFused(FusedPair pair, long first) {
        return writer.writeFused(pair, first);
    }

    /**
     * Submits a batch and reaps what has completed, with one native call. Never blocks. What an
     * earlier call reaped must have been delivered.
     *
     * @param records where submission records are, their tags being slots that were taken
     * @param first address of the first
     * @param count how many, one after the other
     * @throws ShimException if the queue pair has failed; every command has then completed
     */
    public void exchange(RecordArray records, long first, int count) {
        if (count > 0 && closings.mayHaveClosed()) {
            refuseClosed(first, count);
        }
        int code = call(records, first, count);
        if (code < 0) {
            throw new ShimException("processing the queue pair", -code, "");
        }
        reaped = code;
        delivered = 0;
    }

    /**
     * Reaps no more than this many completions with one call.
     *
     * @param limit at least 1; more than there are slots is as that
     */
    public void limitCompletions(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("a poll reaps at least 1 completion, not " + limit);
        }
        completionLimit = Math.min(limit, slots);
    }

    private int call(RecordArray records, long first, int count) {
        try {
            return queuePair.process(first, count, completions.begin(), completionLimit);
        } finally {
            Reference.reachabilityFence(records);
            Reference.reachabilityFence(this);
        }
    }

    /** Makes the commands whose memory was closed after they were prepared fail. */
    private void refuseClosed(long first, int count) {
        closings.settle();
        for (int i = 0; i < count; i++) {
            long record = first + i * SubmissionRecord.BYTES;
            if (!uses.isAlive(SubmissionRecord.slot(record))) {
                SubmissionRecord.refuse(record);
            }
        }
    }

    /** Tells whether a handler threw before it was told of all that was reaped. */
    public boolean hasUndelivered() {
        return delivered < reaped;
    }

    /**
     * Tells the handler of what was reaped. If it throws, the next call goes on with the completion
     * after.
     *
     * @return completions that the handler was told of
     */
    public int deliver(SlotHandler handler) {
        int told = 0;
        delivering = true;
        try {
            while (delivered < reaped) {
                told += deliverNext(handler);
            }
        } finally {
            delivering = false;
        }
        return told;
    }

    private int deliverNext(SlotHandler handler) {
        long record = completions.begin() + delivered++ * CompletionRecord.BYTES;
        int slot = slot(CompletionRecord.tag(record));
        int status = CompletionRecord.status(record);
        int result = CompletionRecord.result(record);
        if (uses.clear(slot)) {
            return deliverPart(slot, status, result, handler);
        }
        freeSlots[free++] = slot;
        handler.completed(slot, status, result);
        return 1;
    }

    /** Makes a slot of a tag from C; the memory of no other command may be let go. */
    private int slot(long tag) {
        // It compares unsigned numbers, so that the compiler need not check the index again.
        boolean isNoneInFlight = Integer.compareUnsigned(free, freeSlots.length) >= 0;
        if (Long.compareUnsigned(tag, slots) >= 0 || isNoneInFlight) {
            throw notInFlight(tag);
        }
        return (int) tag;
    }

    private static IllegalStateException notInFlight(long tag) {
        return new IllegalStateException(
                "the native library tells of command "
                        + tag
                        + ", which is not in flight: a mistake in it, or its memory was"
                        + " overwritten");
    }

    private int deliverPart(int slot, int status, int result, SlotHandler handler) {
        int head = groups.head(slot);
        boolean isLast =
                groups.complete(slot, bounces.complete(slot, status, head, handler), result);
        if (slot != head) {
            freeSlots[free++] = slot;
        }
        if (!isLast) {
            return 0;
        }
        freeSlots[free++] = head;
        handler.completed(head, groups.status(head), groups.result(head));
        return 1;
    }

    /**
     * Asks the controller to abort the command in a slot, or the transfer that it stands for. The
     * completion comes as ever, and tells what became of it.
     *
     * @return whether the controller was asked
     */
    public boolean abort(int slot) {
        boolean asked = false;
        for (int each = 0; each < slots; each++) {
            if (groups.head(each) == slot) {
                asked |= queuePair.abort(each) == 0;
            }
        }
        return asked || queuePair.abort(slot) == 0;
    }

    /** Tells whether a handler is being told of completions at this moment. */
    public boolean isDelivering() {
        return delivering;
    }

    @Override
    public int countUses(MappedMemory one) {
        return uses.count(one);
    }

    @Override
    public void forEachUse(Consumer<MappedMemory> found) {
        uses.forEach(found);
    }

    /** Deletes the queue pair. Commands in flight are dropped: no handler is told of them. */
    public void close() {
        queuePair.destroy();
        memory.closings().remove(this);
        groups.abandon();
        bounces.pool().close();
        ranges.close();
        lists.close();
    }
}
