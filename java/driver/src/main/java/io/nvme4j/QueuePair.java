// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import io.nvme4j.memory.CopyPolicy;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.DmaMemory;
import io.nvme4j.memory.Holders;
import io.nvme4j.memory.ListUse;
import io.nvme4j.memory.ScatterGatherList;
import io.nvme4j.memory.map.BlockLayout;
import io.nvme4j.queue.CommandQueue;
import io.nvme4j.queue.IoRecorder;
import io.nvme4j.queue.RecordArray;
import io.nvme4j.queue.SubmissionRecord;
import io.nvme4j.queue.Transfer;
import io.nvme4j.spec.NvmOpcode;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Objects;

/**
 * A submission queue and its completion queue, driven by polling.
 *
 * <p>{@link #read}, {@link #write} and their like prepare a command: they write it to the next
 * record of the batch and cost no native call. {@link #process} submits the batch, reaps what has
 * completed and calls the handler, with one native call. Nothing here allocates, locks or blocks.
 *
 * <p>A queue pair belongs to the thread that created it; its methods throw {@link
 * WrongThreadException} on any other, but for {@link #close()} once that thread has ended.
 *
 * <p>Buffers stay open while their commands are in flight: closing one then fails.
 */
public final class QueuePair implements AutoCloseable {
    private static final int FLUSH = NvmOpcode.FLUSH.value();
    private static final int WRITE = NvmOpcode.WRITE.value();
    private static final int READ = NvmOpcode.READ.value();
    private static final int COMPARE = NvmOpcode.COMPARE.value();
    private static final int WRITE_ZEROES = NvmOpcode.WRITE_ZEROES.value();
    private static final int DATASET_MANAGEMENT = NvmOpcode.DATASET_MANAGEMENT.value();

    /**
     * Dataset Management CDW11 bit 2, Attribute - Deallocate, above CDW10's number of ranges, 0.
     */
    private static final long DEALLOCATE_ONE_RANGE = 1L << (32 + 2);

    /** CDW12 bit 30 of Read and Write. */
    private static final long FORCE_UNIT_ACCESS = 1L << 30;

    private final Thread owner = Thread.currentThread();
    private final CommandQueue queue;
    private final int depth;
    private final DmaMemory memory;
    private final long maximumTransferSize;
    private final long[] tags;
    private final Transfer transfer;

    /* From before a list is checked on, so that what was checked is what the device gets. */
    private final ListUse use = new ListUse();

    /* Of transfers whose caller brought no list, by the slot that stands for the transfer. */
    private final @Nullable ScatterGatherList[] lists;

    /* Never freed while this object is reachable, so that no late access can find it gone. */
    private final RecordArray records;
    private int prepared;
    private long nextRecord;

    /* FORCE_UNIT_ACCESS, or 0. */
    private long readAccess;
    private long writeAccess;

    /* The handler of the process() that is under way. */
    private CompletionHandler handler = QueuePair::ignore;
    private final CommandQueue.SlotHandler slotHandler = this::completed;

    private final IoRecorder recorder;
    private boolean recording;
    private boolean closed;

    QueuePair(CommandQueue queue, int depth, DmaMemory memory, long maximumTransferSize) {
        this.queue = queue;
        this.depth = depth;
        this.memory = memory;
        this.maximumTransferSize = maximumTransferSize;
        this.tags = new long[queue.slots()];
        this.transfer = new Transfer(new ScatterGatherList(memory, CopyPolicy.REFUSE));
        this.lists = new ScatterGatherList[queue.slots()];
        this.records = RecordArray.ofSubmissions(queue.slots());
        this.nextRecord = records.begin();
        this.recorder = new IoRecorder(queue.slots(), IoRecorder.SLOW_NANOS);
    }

    /** Commands that the controller works on at once. */
    public int depth() {
        return depth;
    }

    /** Further commands that can be on standby. */
    public int standby() {
        return queue.slots() - depth;
    }

    /** Commands that can be prepared now. */
    public int available() {
        return queue.available();
    }

    /** Commands that were prepared and have not completed. */
    public int inFlight() {
        return queue.slots() - queue.available();
    }

    /**
     * Prepares a Read. Where that is more than a command can be (the controller's maximum transfer
     * size, the namespace's boundaries), it becomes several, which take a slot each and have one
     * completion.
     *
     * @param startingLba first logical block; one that the namespace does not have is for the
     *     controller to refuse
     * @param blocks logical blocks, 1 to 65536
     * @param buffer where the data goes
     * @param offset into the buffer in bytes; a multiple of 4, or any where the controller's SGLs
     *     take it
     * @param tag comes back with the completion
     * @throws IllegalStateException if {@link #available()} is less than the commands that it
     *     takes, or the buffer or this is closed
     * @throws IllegalArgumentException if an argument is out of its range, the buffer is another
     *     controller's or read-only, or the namespace is another controller's, or the queue pair
     *     never has room for so many commands
     * @throws IndexOutOfBoundsException if the data would not lie inside the buffer
     */
    public void read(
            Namespace namespace,
            long startingLba,
            int blocks,
            DmaBuffer buffer,
            long offset,
            long tag) {
        transfer(READ, namespace, startingLba, blocks, buffer, offset, tag);
    }

    /** Prepares a Write; as {@link #read}, the other way round. */
    public void write(
            Namespace namespace,
            long startingLba,
            int blocks,
            DmaBuffer buffer,
            long offset,
            long tag) {
        transfer(WRITE, namespace, startingLba, blocks, buffer, offset, tag);
    }

    /**
     * Prepares a Compare; as {@link #write}, but it only fails with Compare Failure where the data
     * differ.
     */
    public void compare(
            Namespace namespace,
            long startingLba,
            int blocks,
            DmaBuffer buffer,
            long offset,
            long tag) {
        transfer(COMPARE, namespace, startingLba, blocks, buffer, offset, tag);
    }

    /** Prepares a Flush: the writes that completed before are on the medium when it completes. */
    public void flush(Namespace namespace, long tag) {
        command(FLUSH, namespace, 0, 0, tag);
    }

    /**
     * Prepares a Write Zeroes.
     *
     * @param blocks logical blocks, 1 to 65536
     */
    public void writeZeroes(Namespace namespace, long startingLba, int blocks, long tag) {
        namespace.length(blocks);
        command(WRITE_ZEROES, namespace, startingLba, blocks - 1, tag);
    }

    /**
     * Prepares a Dataset Management with one range to deallocate.
     *
     * @param blocks logical blocks, at least 1
     */
    public void deallocate(Namespace namespace, long startingLba, int blocks, long tag) {
        if (blocks < 1) {
            throw new IllegalArgumentException("a range has 1 block or more, not " + blocks);
        }
        namespace.checkMemory(memory);
        int slot = nextSlot();
        long record = nextRecord;
        SubmissionRecord.putCommand(
                record, DATASET_MANAGEMENT, namespace.id(), DEALLOCATE_ONE_RANGE, 0);
        queue.putRange(slot, record, startingLba, blocks);
        commit(slot, record, tag);
    }

    private void transfer(
            int opcode,
            Namespace namespace,
            long startingLba,
            int blocks,
            DmaBuffer buffer,
            long offset,
            long tag) {
        namespace.checkMemory(memory);
        long length = namespace.length(blocks);
        buffer.checkRange(memory, offset, length);
        if (opcode == READ) {
            buffer.checkWritable();
        }
        if (length > maximumTransferSize || namespace.layout().hasBoundaries()) {
            int slot = nextSlot();
            transferList(
                    opcode, namespace, startingLba, ownList(slot).add(buffer, offset, length), tag);
            return;
        }
        int slot = nextSlot();
        long record = nextRecord;
        // NLB, CDW12 bits 15:0, is a 0's based value.
        long cdw12 = blocks - 1 | access(opcode);
        SubmissionRecord.putCommand(record, opcode, namespace.id(), startingLba, cdw12);
        queue.mapData(slot, record, buffer.mapped(), offset, length);
        commit(slot, record, tag);
    }

    /**
     * Prepares a Read to any memory. Where the controller can't use it as it is, the data are
     * copied through memory of the library's, or the transfer is refused, as the list says. It
     * becomes as many commands as are needed, which take a slot each and have one completion.
     *
     * @param startingLba first logical block
     * @param list where the data go, whole blocks; it can't be changed until the completion
     * @param tag comes back with the completion, whose status is that of the command that failed
     *     first
     * @throws IllegalStateException if there is no room for all commands now, or memory is closed
     * @throws IllegalArgumentException if the list is no whole number of blocks, or some of it is
     *     read-only or in it twice, or needs a copy that it doesn't allow, or if the queue pair
     *     never has room for so many commands
     */
    public void read(Namespace namespace, long startingLba, ScatterGatherList list, long tag) {
        transferList(READ, namespace, startingLba, list, tag);
    }

    /** Prepares a Write from any memory; as the read, the other way round. */
    public void write(Namespace namespace, long startingLba, ScatterGatherList list, long tag) {
        transferList(WRITE, namespace, startingLba, list, tag);
    }

    /** Prepares a Compare with any memory; as the write. */
    public void compare(Namespace namespace, long startingLba, ScatterGatherList list, long tag) {
        transferList(COMPARE, namespace, startingLba, list, tag);
    }

    /**
     * Prepares a Read to a segment of any kind; copied where the controller can't reach it.
     *
     * @param segment whole blocks
     */
    public void read(Namespace namespace, long startingLba, MemorySegment segment, long tag) {
        transferList(READ, namespace, startingLba, ownList(nextSlot()).add(segment), tag);
    }

    /** Prepares a Write from a segment of any kind; as the read, the other way round. */
    public void write(Namespace namespace, long startingLba, MemorySegment segment, long tag) {
        transferList(WRITE, namespace, startingLba, ownList(nextSlot()).add(segment), tag);
    }

    /**
     * Prepares a Read, Write or Compare with metadata that don't lie with the data, or with
     * protection information that the controller checks.
     *
     * @param opcode of the NVM command set, one of the three
     * @param list the data
     * @param metadata where the metadata are, or null
     * @param metadataOffset in that, in bytes; a multiple of 4
     * @param protection what the controller does with protection information
     */
    public void transfer(
            NvmOpcode opcode,
            Namespace namespace,
            long startingLba,
            ScatterGatherList list,
            @Nullable DmaBuffer metadata,
            long metadataOffset,
            Protection protection,
            long tag) {
        Objects.requireNonNull(opcode, "opcode");
        if (opcode != NvmOpcode.READ && opcode != NvmOpcode.WRITE && opcode != NvmOpcode.COMPARE) {
            throw new IllegalArgumentException(opcode + " moves no such data");
        }
        BlockLayout moved = protection.asMoved(namespace.layout());
        use.begin(list);
        try {
            begin(opcode.value(), namespace, moved, startingLba, list);
            if (metadata != null) {
                putMetadata(moved, metadata, metadataOffset);
            }
            transfer.protection(
                    protection.control() | (int) (access(opcode.value()) >>> 16),
                    protection.referenceTag(),
                    namespace.protection().referenceTagFollowsLba(),
                    protection.applicationTags());
            prepareTransfer(tag);
        } finally {
            use.end();
        }
    }

    private void putMetadata(BlockLayout moved, DmaBuffer metadata, long offset) {
        long bytes = (long) transfer.blocks() * moved.bytesInMetadataBuffer();
        metadata.checkRange(memory, offset, bytes);
        if (bytes > 0) {
            transfer.metadata(metadata, offset);
        }
    }

    private void transferList(
            int opcode, Namespace namespace, long startingLba, ScatterGatherList list, long tag) {
        use.begin(list);
        try {
            begin(opcode, namespace, namespace.layout(), startingLba, list);
            prepareTransfer(tag);
        } finally {
            use.end(); // which the queue has taken over, unless something was refused
        }
    }

    private void begin(
            int opcode,
            Namespace namespace,
            BlockLayout layout,
            long startingLba,
            ScatterGatherList list) {
        namespace.checkMemory(memory);
        list.checkMemory(memory);
        if (opcode == READ) {
            list.checkReadTarget();
        } else {
            list.checkWriteSource();
        }
        int blocks = layout.blocks(list.length());
        transfer.begin(opcode, namespace.id(), layout, startingLba, blocks, list, opcode == READ)
                .protection((int) (access(opcode) >>> 16), 0, false, 0);
    }

    private long access(int opcode) {
        return opcode == READ ? readAccess : opcode == WRITE ? writeAccess : 0;
    }

    private void prepareTransfer(long tag) {
        int slot = nextSlot();
        int count = queue.prepare(transfer, use, nextRecord);
        tags[slot] = tag;
        prepared += count;
        nextRecord += count * SubmissionRecord.BYTES;
    }

    /** An empty list for the transfer that a slot will stand for. */
    private ScatterGatherList ownList(int slot) {
        ScatterGatherList list = lists[slot];
        if (list == null) {
            list = new ScatterGatherList(memory, CopyPolicy.COPY);
            lists[slot] = list;
        }
        return list.clear();
    }

    private void command(int opcode, Namespace namespace, long cdw10and11, long cdw12, long tag) {
        namespace.checkMemory(memory);
        int slot = nextSlot();
        long record = nextRecord;
        SubmissionRecord.putCommand(record, opcode, namespace.id(), cdw10and11, cdw12);
        SubmissionRecord.putNoData(record);
        commit(slot, record, tag);
    }

    private int nextSlot() {
        checkUsable();
        if (queue.available() == 0) {
            throw new IllegalStateException(
                    "the queue pair is full: " + queue.slots() + " commands, process it first");
        }
        return queue.nextSlot();
    }

    private void commit(int slot, long record, long tag) {
        SubmissionRecord.putTag(record, slot);
        tags[slot] = tag;
        queue.take();
        prepared++;
        nextRecord += SubmissionRecord.BYTES;
    }

    /**
     * Submits what was prepared, reaps what has completed, and calls the handler for each. Never
     * blocks.
     *
     * <p>An exception of the handler's comes out of this method; the completions that it had not
     * been told of come with the next call.
     *
     * @return completions that the handler was told of
     * @throws io.nvme4j.error.ShimException if the queue pair has failed and all its commands have
     *     completed
     * @throws IllegalStateException if called by a handler, or closed
     */
    public int process(CompletionHandler handler) {
        checkUsable();
        if (queue.isDelivering()) {
            throw new IllegalStateException("a handler can't process its own queue pair");
        }
        this.handler = Objects.requireNonNull(handler, "a queue pair tells a handler, not null");
        recording = recorder.look();
        int told = 0;
        if (queue.hasUndelivered()) { // what an exception of the handler's had left
            told = queue.deliver(slotHandler);
        }
        int batch = prepared;
        prepared = 0;
        nextRecord = records.begin();
        exchange(batch);
        return told + queue.deliver(slotHandler);
    }

    private void exchange(int batch) {
        if (recording) {
            recorder.submitted(records, batch);
        }
        queue.exchange(records, records.begin(), batch);
        if (recording) {
            recording = recorder.look();
        }
    }

    /**
     * Sets from which latency on the Flight Recorder is told of a command, as it is of one that
     * fails: 10 ms, without this.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public void slow(Duration threshold) {
        checkUsable();
        recorder.slow(threshold);
    }

    /**
     * Has reads and writes that are prepared from now on bypass the controller's volatile cache, or
     * not (FUA).
     */
    public void forceUnitAccess(boolean reads, boolean writes) {
        checkUsable();
        readAccess = reads ? FORCE_UNIT_ACCESS : 0;
        writeAccess = writes ? FORCE_UNIT_ACCESS : 0;
    }

    /** Where the batch was, after it was submitted too. */
    RecordArray ownRecords() {
        return records;
    }

    /**
     * Has {@link #process} reap no more than so many completions; by default it reaps all that
     * there are.
     *
     * @param limit at least 1
     */
    public void limitCompletions(int limit) {
        checkUsable();
        queue.limitCompletions(limit);
    }

    private void completed(int slot, int status, int result) {
        if (recording) {
            recorder.completed(slot, status);
        }
        handler.onCompletion(tags[slot], status, result);
    }

    private static void ignore(long tag, int status, int result) {}

    private void checkUsable() {
        if (Thread.currentThread() != owner) {
            throw new WrongThreadException("the queue pair belongs to " + owner);
        }
        if (closed) {
            throw new IllegalStateException("the queue pair is closed");
        }
    }

    /**
     * Deletes the queue pair. Commands in flight are dropped: the controller no longer works on
     * them, and no handler is told. Closing twice does nothing.
     *
     * @throws WrongThreadException on a thread that is not the owner while the owner is alive
     * @throws IllegalStateException if called by a handler, whose {@link #process} is under way
     */
    @Override
    public void close() {
        if (Thread.currentThread() != owner && owner.isAlive()) {
            throw new WrongThreadException("the queue pair belongs to " + owner);
        }
        if (queue.isDelivering()) {
            throw new IllegalStateException("a handler can't close its own queue pair");
        }
        if (!closed) {
            queue.close();
            closed = true;
            memory.holders().remove(Holders.Kind.QUEUE_PAIR);
        }
    }
}
