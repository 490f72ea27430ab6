// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import static io.nvme4j.internal.queue.NvmCommand.COMPARE;
import static io.nvme4j.internal.queue.NvmCommand.READ;
import static io.nvme4j.internal.queue.NvmCommand.WRITE;
import static io.nvme4j.internal.queue.NvmCommand.WRITE_ZEROES;

import io.nvme4j.internal.memory.Buffers;
import io.nvme4j.internal.memory.DmaMemory;
import io.nvme4j.internal.memory.Holders;
import io.nvme4j.internal.queue.CommandQueue;
import io.nvme4j.internal.queue.ForcedAccess;
import io.nvme4j.internal.queue.FusedPair;
import io.nvme4j.internal.queue.IoRecorder;
import io.nvme4j.internal.queue.NvmCommand;
import io.nvme4j.internal.queue.RecordArray;
import io.nvme4j.internal.queue.SubmissionRecord;
import io.nvme4j.map.MappingRules;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.ScatterGatherList;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
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
    /* This stands in place of a slot where nothing was prepared. */
    private static final int NO_ROOM = -1;

    private final Thread owner = Thread.currentThread();
    private final CommandQueue queue;
    private final int depth;
    private final DmaMemory memory;
    private final MappingRules rules;
    private final long maximumTransferSize;
    private final ForcedAccess access;
    private final ListTransfers transfers;

    /* These are never freed while this object is reachable, so that no late access can find it gone. */
    private final RecordArray records;
    private int prepared;

    private final SlotTags tags;
    private final IoRecorder recorder;
    private final CommandQueue.SlotHandler recording = this::recorded;

    /* This is the owner; it is nobody once this is closed. */
    private @Nullable Thread user = owner;

    QueuePair(
            CommandQueue queue,
            QueuePairOptions options,
            DmaMemory memory,
            MappingRules rules,
            boolean fuses) {
        this.queue = queue;
        this.depth = options.depth;
        this.memory = memory;
        this.rules = rules;
        this.maximumTransferSize = rules.maximumTransferSize();
        this.access = options.access;
        this.transfers = new ListTransfers(queue, memory, access, fuses);
        this.records = RecordArray.ofSubmissions(queue.slots());
        this.tags = new SlotTags(queue.slots());
        this.recorder = new IoRecorder(queue.slots(), options.slowNanos);
        queue.limitCompletions(options.completionsPerPoll);
    }

    /** {@return how many commands the controller works on at once} */
    public int depth() {
        return depth;
    }

    /** {@return how many further commands can be on standby} */
    public int standby() {
        return queue.slots() - depth;
    }

    /** {@return how many commands can be prepared now} */
    public int available() {
        return queue.available();
    }

    /** {@return how many commands were prepared and have not completed} */
    public int inFlight() {
        return queue.slots() - queue.available();
    }

    /**
     * Prepares a Read. Where that is more than a command can be (the controller's maximum transfer
     * size, the namespace's boundaries), it becomes several, which take a slot each and have one
     * completion.
     *
     * @param namespace of the same controller, or a slice of one
     * @param startingLba first logical block; one that a whole namespace does not have is for the
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
     * @throws IndexOutOfBoundsException if the data would not lie inside the buffer, or the blocks
     *     inside the slice
     */
    public void read(
            Namespace namespace,
            long startingLba,
            int blocks,
            DmaBuffer buffer,
            long offset,
            long tag) {
        add(transfer(READ, namespace, startingLba, blocks, buffer, offset), tag);
    }

    /**
     * Prepares a Read where there is room for it, as {@link #read} does.
     *
     * @param namespace of the same controller, or a slice of one
     * @param startingLba first logical block
     * @param blocks logical blocks, 1 to 65536
     * @param buffer where the data goes
     * @param offset into the buffer in bytes; a multiple of 4, or any where the controller's SGLs
     *     take it
     * @param tag comes back with the completion
     * @return whether there was room; if not, nothing was prepared
     */
    public boolean tryRead(
            Namespace namespace,
            long startingLba,
            int blocks,
            DmaBuffer buffer,
            long offset,
            long tag) {
        return tryAdd(transfer(READ, namespace, startingLba, blocks, buffer, offset), tag);
    }

    /**
     * Prepares a Write; as {@link #read}, the other way round.
     *
     * @param namespace of the same controller, or a slice of one
     * @param startingLba first logical block
     * @param blocks logical blocks, 1 to 65536
     * @param buffer where the data are
     * @param offset into the buffer in bytes; a multiple of 4, or any where the controller's SGLs
     *     take it
     * @param tag comes back with the completion
     */
    public void write(
            Namespace namespace,
            long startingLba,
            int blocks,
            DmaBuffer buffer,
            long offset,
            long tag) {
        add(transfer(WRITE, namespace, startingLba, blocks, buffer, offset), tag);
    }

    /**
     * Prepares a Write where there is room for it; as {@link #tryRead}, the other way round.
     *
     * @param namespace of the same controller, or a slice of one
     * @param startingLba first logical block
     * @param blocks logical blocks, 1 to 65536
     * @param buffer where the data are
     * @param offset into the buffer in bytes; a multiple of 4, or any where the controller's SGLs
     *     take it
     * @param tag comes back with the completion
     * @return whether there was room; if not, nothing was prepared
     */
    public boolean tryWrite(
            Namespace namespace,
            long startingLba,
            int blocks,
            DmaBuffer buffer,
            long offset,
            long tag) {
        return tryAdd(transfer(WRITE, namespace, startingLba, blocks, buffer, offset), tag);
    }

    /**
     * Prepares a Compare; as {@link #write}, but it only fails with Compare Failure where the data
     * differ.
     *
     * @param namespace of the same controller, or a slice of one
     * @param startingLba first logical block
     * @param blocks logical blocks, 1 to 65536
     * @param buffer where the data are
     * @param offset into the buffer in bytes; a multiple of 4, or any where the controller's SGLs
     *     take it
     * @param tag comes back with the completion
     */
    public void compare(
            Namespace namespace,
            long startingLba,
            int blocks,
            DmaBuffer buffer,
            long offset,
            long tag) {
        add(transfer(COMPARE, namespace, startingLba, blocks, buffer, offset), tag);
    }

    /**
     * Prepares a Flush: the writes that completed before are on the medium when it completes.
     *
     * @param namespace of the same controller, or a slice of one
     * @param tag comes back with the completion
     */
    public void flush(Namespace namespace, long tag) {
        namespace.checkMemory(memory);
        checkRoom();
        long record = nextRecord();
        NvmCommand.putFlush(record, namespace.id());
        add(take(record), tag);
    }

    /**
     * Prepares a Write Zeroes.
     *
     * @param namespace of the same controller, or a slice of one
     * @param startingLba first logical block
     * @param blocks logical blocks, 1 to 65536
     * @param tag comes back with the completion
     */
    public void writeZeroes(Namespace namespace, long startingLba, int blocks, long tag) {
        namespace.checkMemory(memory);
        namespace.length(blocks);
        long lba = namespace.lba(startingLba, blocks);
        checkRoom();
        long record = nextRecord();
        NvmCommand.putBlocks(record, WRITE_ZEROES, namespace.id(), lba, blocks, 0);
        add(take(record), tag);
    }

    /**
     * Prepares a Dataset Management with one range to deallocate.
     *
     * @param namespace of the same controller, or a slice of one
     * @param startingLba first logical block
     * @param blocks logical blocks, at least 1
     * @param tag comes back with the completion
     */
    public void deallocate(Namespace namespace, long startingLba, int blocks, long tag) {
        if (blocks < 1) {
            throw new IllegalArgumentException("a range has 1 block or more, not " + blocks);
        }
        namespace.checkMemory(memory);
        long lba = namespace.lba(startingLba, blocks);
        checkRoom();
        long record = nextRecord();
        NvmCommand.putDeallocate(record, namespace.id(), 1);
        int slot = queue.takeRange(record, lba, blocks);
        prepared++;
        add(slot, tag);
    }

    /**
     * Prepares a command of any opcode, as it is.
     *
     * @param command as it is at the call; it may say something else afterwards
     * @param tag comes back with the completion
     * @throws IllegalStateException if the queue pair is full, or it or the data are closed
     * @throws IllegalArgumentException if the command moves other bytes than its data have, or they
     *     are more than a command can move, or anything belongs to another controller
     */
    public void command(Command command, long tag) {
        checkRoom();
        add(take(command.taken(memory, rules)), tag);
    }

    private int take(Command command) {
        long record = nextRecord();
        SubmissionRecord.putCommand(
                record,
                command.opcode(),
                command.namespaceId(),
                command.dwords(10),
                command.dwords(12));
        SubmissionRecord.putOtherDwords(record, command.dwords(2), command.dwords(14));
        DmaBuffer data = command.data();
        return data == null ? take(record) : take(record, data, command.offset(), command.length());
    }

    private int take(long record) {
        int slot = queue.take(record);
        prepared++;
        return slot;
    }

    private int take(long record, DmaBuffer data, long offset, long length) {
        int slot = queue.take(record, Buffers.mapped(data), offset, length);
        prepared++;
        return slot;
    }

    /** Returns the slot of what was prepared, or {@link #NO_ROOM}. */
    private int transfer(
            int opcode,
            Namespace namespace,
            long startingLba,
            int blocks,
            DmaBuffer buffer,
            long offset) {
        if (!namespace.isDirect(memory)) {
            return transferChecked(opcode, namespace, startingLba, blocks, buffer, offset);
        }
        long length = lengthOf(opcode, namespace, blocks, buffer, offset);
        if (!hasRoom()) {
            return NO_ROOM;
        }
        return length > maximumTransferSize
                ? transferList(opcode, namespace, startingLba, buffer, offset, length)
                : take(put(opcode, namespace, startingLba, blocks), buffer, offset, length);
    }

    /** Prepares one on a namespace of which there is more to be asked. */
    private int transferChecked(
            int opcode,
            Namespace namespace,
            long startingLba,
            int blocks,
            DmaBuffer buffer,
            long offset) {
        namespace.checkMemory(memory);
        long length = lengthOf(opcode, namespace, blocks, buffer, offset);
        long lba = namespace.lba(startingLba, blocks);
        if (!hasRoom()) {
            return NO_ROOM;
        }
        return length > maximumTransferSize || !namespace.isPlain()
                ? transferList(opcode, namespace, startingLba, buffer, offset, length)
                : take(put(opcode, namespace, lba, blocks), buffer, offset, length);
    }

    /** Counts the bytes of the data, which the buffer is checked to be good for. */
    private long lengthOf(
            int opcode, Namespace namespace, int blocks, DmaBuffer buffer, long offset) {
        long length = namespace.length(blocks);
        Buffers.checkRange(buffer, memory, offset, length);
        if (opcode == READ) {
            Buffers.checkWritable(buffer);
        }
        return length;
    }

    /** Prepares what is more than a command. */
    private int transferList(
            int opcode,
            Namespace namespace,
            long startingLba,
            DmaBuffer buffer,
            long offset,
            long length) {
        ScatterGatherList whole = transfers.ownList().add(buffer, offset, length);
        return transfer(opcode, namespace, startingLba, whole);
    }

    /** Writes a command on blocks to the next record, but for its data. */
    private long put(int opcode, Namespace namespace, long lba, int blocks) {
        long record = nextRecord();
        NvmCommand.putBlocks(record, opcode, namespace.id(), lba, blocks, access.control(opcode));
        return record;
    }

    private int transfer(
            int opcode, Namespace namespace, long startingLba, ScatterGatherList list) {
        if (!hasRoom()) { // Another thread may not even touch the task.
            return NO_ROOM;
        }
        int slot = queue.nextSlot();
        return prepared(slot, transfers.write(opcode, namespace, startingLba, list, nextRecord()));
    }

    private int transfer(Transfer transfer) {
        if (!hasRoom()) {
            return NO_ROOM;
        }
        int slot = queue.nextSlot();
        return prepared(slot, transfers.write(transfer, nextRecord()));
    }

    private int fused(Transfer compare, Transfer write) {
        if (!hasRoom()) {
            return NO_ROOM;
        }
        FusedPair.checkDepth(depth);
        int slot = queue.nextSlot();
        int room = depth - inFlight();
        return prepared(slot, transfers.writeFused(compare, write, room, nextRecord()));
    }

    private int prepared(int slot, int count) {
        prepared += count;
        return count == 0 ? NO_ROOM : slot;
    }

    /**
     * Prepares a Read to any memory. Where the controller can't use it as it is, the data are
     * copied through memory of the library's, or the transfer is refused, as the list says. It
     * becomes as many commands as are needed, which take a slot each and have one completion.
     *
     * @param namespace of the same controller, or a slice of one
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
        add(transfer(READ, namespace, startingLba, list), tag);
    }

    /**
     * Prepares a Write from any memory; as the read, the other way round.
     *
     * @param namespace of the same controller, or a slice of one
     * @param startingLba first logical block
     * @param list the data, whole blocks; it can't be changed before the completion
     * @param tag comes back with the completion
     */
    public void write(Namespace namespace, long startingLba, ScatterGatherList list, long tag) {
        add(transfer(WRITE, namespace, startingLba, list), tag);
    }

    /**
     * Prepares a Compare with any memory; as the write.
     *
     * @param namespace of the same controller, or a slice of one
     * @param startingLba first logical block
     * @param list the data, whole blocks; it can't be changed before the completion
     * @param tag comes back with the completion
     */
    public void compare(Namespace namespace, long startingLba, ScatterGatherList list, long tag) {
        add(transfer(COMPARE, namespace, startingLba, list), tag);
    }

    /**
     * Prepares a Read to a segment of any kind; copied where the controller can't reach it.
     *
     * @param namespace of the same controller, or a slice of one
     * @param startingLba first logical block
     * @param segment whole blocks
     * @param tag comes back with the completion
     */
    public void read(Namespace namespace, long startingLba, MemorySegment segment, long tag) {
        checkRoom();
        add(transfer(READ, namespace, startingLba, transfers.ownList().add(segment)), tag);
    }

    /**
     * Prepares a Write from a segment of any kind; as the read, the other way round.
     *
     * @param namespace of the same controller, or a slice of one
     * @param startingLba first logical block
     * @param segment whole blocks
     * @param tag comes back with the completion
     */
    public void write(Namespace namespace, long startingLba, MemorySegment segment, long tag) {
        checkRoom();
        add(transfer(WRITE, namespace, startingLba, transfers.ownList().add(segment)), tag);
    }

    /**
     * Prepares a Compare with a segment of any kind; as the write.
     *
     * @param namespace of the same controller, or a slice of one
     * @param startingLba first logical block
     * @param segment whole blocks
     * @param tag comes back with the completion
     */
    public void compare(Namespace namespace, long startingLba, MemorySegment segment, long tag) {
        checkRoom();
        add(transfer(COMPARE, namespace, startingLba, transfers.ownList().add(segment)), tag);
    }

    /**
     * Prepares a transfer, with all that it says.
     *
     * @param transfer which may say something else when this returns
     * @param tag comes back with the completion
     * @throws IllegalStateException as {@link #read(Namespace, long, ScatterGatherList, long)} does
     * @throws IllegalArgumentException as that does, or if it is of another controller
     * @throws IndexOutOfBoundsException if metadata are not inside their buffer
     */
    public void transfer(Transfer transfer, long tag) {
        add(transfer(transfer), tag);
    }

    /**
     * Prepares a transfer where there is room for all its commands, as {@link #transfer} does.
     *
     * @param transfer which may say something else when this returns
     * @param tag comes back with the completion
     * @return whether there was room; if not, nothing was prepared
     */
    public boolean tryTransfer(Transfer transfer, long tag) {
        return tryAdd(transfer(transfer), tag);
    }

    /**
     * Prepares a fused Compare and Write (Base, "Fused Operations"): where the blocks hold what is
     * compared, the other data are written, and nothing comes between the two. They take a slot
     * each, and have one completion, whose status is the Compare's unless only the Write failed.
     *
     * @param compare a Compare that is one command
     * @param write a Write of the same blocks
     * @param tag comes back with the completion
     * @throws IllegalStateException if there is no room for both now, apart from standby, or memory
     *     is closed
     * @throws IllegalArgumentException as {@link #transfer} does, or if the controller has no such
     *     commands (Identify Controller, FUSES), the transfers are no Compare and Write of the same
     *     blocks, or one of them is more than a command can be
     */
    public void compareAndWrite(Transfer compare, Transfer write, long tag) {
        if (!tryCompareAndWrite(compare, write, tag)) {
            throw new IllegalStateException(
                    "there is no room for the two commands of a fused pair: process the queue pair"
                            + " first");
        }
    }

    /**
     * Prepares a fused Compare and Write where there is room for both, as {@link #compareAndWrite}
     * does.
     *
     * @param compare a Compare that is one command
     * @param write a Write of the same blocks
     * @param tag comes back with the completion
     * @return whether there was room; if not, nothing was prepared
     */
    public boolean tryCompareAndWrite(Transfer compare, Transfer write, long tag) {
        return tryAdd(fused(compare, write), tag);
    }

    private void add(int slot, long tag) {
        if (!tryAdd(slot, tag)) {
            throw noRoom();
        }
    }

    private boolean tryAdd(int slot, long tag) {
        if (slot == NO_ROOM) {
            return false;
        }
        tags.put(slot, tag);
        return true;
    }

    /** Tells which record the next command is written to; it is part of the batch once counted. */
    private long nextRecord() {
        return records.begin() + prepared * SubmissionRecord.BYTES;
    }

    private void checkRoom() {
        if (!hasRoom()) {
            throw noRoom();
        }
    }

    private boolean hasRoom() {
        checkUsable();
        return queue.available() > 0;
    }

    private IllegalStateException noRoom() {
        return new IllegalStateException(
                queue.available() == 0
                        ? "the queue pair is full: " + queue.slots() + " commands, process it first"
                        : queue.shortage() + ": process the queue pair first");
    }

    /**
     * Submits what was prepared, reaps what has completed, and calls the handler for each. Never
     * blocks.
     *
     * <p>An exception of the handler's comes out of this method; the completions that it had not
     * been told of come with the next call.
     *
     * @param handler which may prepare commands, but not process the queue pair
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
        tags.tell(Objects.requireNonNull(handler, "a queue pair tells a handler, not null"));
        boolean isRecording = recorder.look();
        CommandQueue.SlotHandler teller = isRecording ? recording : tags;
        int told = 0;
        if (queue.hasUndelivered()) { // An exception of the handler's has left these.
            told = queue.deliver(teller);
        }
        int batch = prepared;
        prepared = 0;
        if (isRecording) {
            recorder.submitted(records, batch);
        }
        queue.exchange(records, records.begin(), batch);
        if (isRecording) {
            recorder.look();
        }
        return told + queue.deliver(teller);
    }

    /** Tells where the batch was, after it was submitted too. */
    RecordArray ownRecords() {
        return records;
    }

    private void recorded(int slot, int status, int result) {
        recorder.completed(slot, status);
        tags.completed(slot, status, result);
    }

    private void checkUsable() {
        if (Thread.currentThread() != user) {
            throw unusable();
        }
    }

    private IllegalStateException unusable() {
        if (Thread.currentThread() != owner) {
            throw new WrongThreadException("the queue pair belongs to " + owner);
        }
        return new IllegalStateException("the queue pair is closed");
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
        if (user != null) {
            queue.close();
            user = null;
            memory.holders().remove(Holders.Kind.QUEUE_PAIR);
        }
    }
}
