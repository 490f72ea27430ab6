// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.queue;

import io.nvme4j.error.ShimException;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.DmaMemory;
import io.nvme4j.memory.PageMapper;
import io.nvme4j.shim.NativeController;
import io.nvme4j.shim.NativeQueuePair;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;

/**
 * A queue pair with a slot for each command that can be in flight. The slot's number is the
 * command's tag in C; the slot keeps the command's buffer from being freed, and owns the pages of
 * its PRP list or SGL.
 *
 * <p>A command has its data pointer written ({@link #mapData}), takes its slot ({@link #take}), and
 * goes out with its batch ({@link #exchange}). Its slot is free again when its completion is
 * delivered ({@link #deliver}).
 *
 * <p>One thread at a time, but for {@link #countUses}.
 */
public final class CommandQueue implements DmaMemory.User {
    private static final VarHandle BUFFERS = MethodHandles.arrayElementVarHandle(DmaBuffer[].class);

    private static final int RANGE_BYTES = 16;

    private final NativeQueuePair queuePair;
    private final DmaMemory memory;
    private final PageMapper mapper;
    private final int depth;
    private final int listPages;
    private final DmaBuffer lists;

    private final @Nullable DmaBuffer[] buffers;
    private final int[] freeSlots;
    private int free;

    /* Never freed while this object is reachable, so that no late access can find it gone. */
    private final MemorySegment completions;
    private int reaped;
    private int delivered;
    private int seenEpoch;
    private boolean delivering;

    /** Told of each completion. */
    @FunctionalInterface
    public interface SlotHandler {
        /**
         * A command has completed; its slot is free again already.
         *
         * @param status as {@link CompletionRecord#status}
         * @param result DW0 of the completion queue entry
         */
        void completed(int slot, int status, int result);
    }

    private CommandQueue(
            NativeQueuePair queuePair,
            DmaMemory memory,
            PageMapper mapper,
            int depth,
            DmaBuffer lists) {
        this.queuePair = queuePair;
        this.memory = memory;
        this.mapper = mapper;
        this.depth = depth;
        this.lists = lists;
        this.listPages = (int) (lists.length() / depth / memory.pageSize());
        this.buffers = new DmaBuffer[depth];
        this.freeSlots = new int[depth];
        for (int slot = depth - 1; slot >= 0; slot--) {
            freeSlots[free++] = slot;
        }
        this.completions = Arena.ofAuto().allocate(depth * CompletionRecord.BYTES, 64);
        this.seenEpoch = memory.closeEpoch();
    }

    /**
     * Creates a queue pair on the controller.
     *
     * @param depth commands that can be in flight at once, 1 to the controller's maximum
     * @throws ShimException if the controller has no queue pair left or the depth is out of range
     */
    public static CommandQueue create(
            NativeController controller, DmaMemory memory, PageMapper mapper, int depth) {
        NativeQueuePair queuePair = controller.createQueuePair(depth);
        try {
            // One page at least: it also takes what a command without lists points at (putRange).
            long pages = Math.max(1, mapper.listPages(controller.maximumTransferSize()));
            DmaBuffer lists = memory.allocate(depth * pages * memory.pageSize(), 1, -1);
            CommandQueue queue = new CommandQueue(queuePair, memory, mapper, depth, lists);
            memory.addUser(queue);
            return queue;
        } catch (RuntimeException | Error e) {
            queuePair.destroy();
            throw e;
        }
    }

    /** Commands that can be in flight at once. */
    public int depth() {
        return depth;
    }

    /** Slots that can be taken. */
    public int available() {
        return free;
    }

    /** The slot that {@link #take} will take next. There must be one. */
    public int nextSlot() {
        return freeSlots[free - 1];
    }

    /** Takes {@link #nextSlot()}. */
    public void take() {
        free--;
    }

    /**
     * Writes the data pointer of the command in a slot, and keeps the buffer alive until it
     * completes.
     *
     * @param record offset of the submission record in {@code records}, its command already written
     * @param offset of the data in the buffer, in bytes
     * @param length bytes
     * @throws IllegalArgumentException if the controller takes no data that begins at this offset
     */
    public void mapData(
            int slot,
            MemorySegment records,
            long record,
            DmaBuffer data,
            long offset,
            long length) {
        SubmissionRecord.map(
                records, record, mapper, data, offset, length, lists, slot * listPages);
        buffers[slot] = data;
    }

    /**
     * Writes a range of a Dataset Management command to the slot's own page, and its data pointer.
     *
     * @param startingLba first block
     * @param blocks how many
     */
    public void putRange(
            int slot, MemorySegment records, long record, long startingLba, int blocks) {
        long page = (long) slot * listPages * memory.pageSize();
        MemorySegment range = lists.segment();
        // "Dataset Management - Range Definition": context attributes, length, starting LBA.
        range.set(ValueLayout.JAVA_LONG, page, (long) blocks << 32);
        range.set(ValueLayout.JAVA_LONG, page + Long.BYTES, startingLba);
        mapData(slot, records, record, lists, page, RANGE_BYTES);
    }

    /**
     * Submits a batch and reaps what has completed, with one native call. Never blocks. What an
     * earlier call reaped must have been delivered.
     *
     * @param records submission records, their tags being slots that were taken
     * @param first offset of the first record
     * @param count records, one after the other
     * @throws ShimException if the queue pair has failed; every command has then completed
     */
    public void exchange(MemorySegment records, long first, int count) {
        if (count > 0) {
            // Pairs with the close of a buffer: either it sees the slot, or the epoch changes.
            VarHandle.fullFence();
            if (memory.closeEpoch() != seenEpoch) {
                refuseClosed(records, first, count);
            }
        }
        int code = call(records, first, count);
        if (code < 0) {
            throw new ShimException("processing the queue pair", -code, "");
        }
        reaped = code;
        delivered = 0;
    }

    private int call(MemorySegment records, long first, int count) {
        try {
            long submissions = records.address() + first;
            return queuePair.process(submissions, count, completions.address(), depth);
        } finally {
            Reference.reachabilityFence(records);
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Tells the handler of what was reaped. If it throws, the next call goes on with the completion
     * after.
     *
     * @return completions that the handler was told of
     */
    public int deliver(SlotHandler handler) {
        int told = reaped - delivered;
        delivering = true;
        try {
            while (delivered < reaped) {
                deliverNext(handler);
            }
        } finally {
            delivering = false;
        }
        return told;
    }

    private void deliverNext(SlotHandler handler) {
        long record = delivered++ * CompletionRecord.BYTES;
        int slot = (int) CompletionRecord.tag(completions, record);
        buffers[slot] = null;
        freeSlots[free++] = slot;
        handler.completed(
                slot,
                CompletionRecord.status(completions, record),
                CompletionRecord.result(completions, record));
    }

    /** Whether a handler is being told of completions at this moment. */
    public boolean isDelivering() {
        return delivering;
    }

    /** Makes the commands whose buffers were closed after they were prepared fail. */
    private void refuseClosed(MemorySegment records, long first, int count) {
        int epoch = memory.closeEpoch();
        while ((epoch & 1) != 0) {
            Thread.onSpinWait();
            epoch = memory.closeEpoch();
        }
        seenEpoch = epoch;
        for (int i = 0; i < count; i++) {
            long record = first + i * SubmissionRecord.BYTES;
            DmaBuffer data = buffers[SubmissionRecord.slot(records, record)];
            if (data != null && !data.isAlive()) {
                SubmissionRecord.refuse(records, record);
            }
        }
    }

    @Override
    public int countUses(DmaBuffer buffer) {
        int uses = 0;
        for (int slot = 0; slot < depth; slot++) {
            if (BUFFERS.getVolatile(buffers, slot) == buffer) {
                uses++;
            }
        }
        return uses;
    }

    /** Deletes the queue pair. Commands in flight are dropped: no handler is told of them. */
    public void close() {
        queuePair.destroy();
        memory.removeUser(this);
        lists.close();
    }
}
