// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import static io.nvme4j.internal.queue.NvmCommand.COMPARE;
import static io.nvme4j.internal.queue.NvmCommand.READ;
import static io.nvme4j.internal.queue.NvmCommand.WRITE;
import static io.nvme4j.internal.queue.NvmCommand.WRITE_ZEROES;

import io.nvme4j.Command;
import io.nvme4j.CompletionHandler;
import io.nvme4j.Namespace;
import io.nvme4j.Transfer;
import io.nvme4j.internal.Api;
import io.nvme4j.internal.engine.CompareAndWrite;
import io.nvme4j.internal.engine.ListTransfer;
import io.nvme4j.internal.engine.Request;
import io.nvme4j.internal.engine.TransferGroup;
import io.nvme4j.internal.memory.Buffers;
import io.nvme4j.internal.memory.Lists;
import io.nvme4j.internal.queue.FusedPair;
import io.nvme4j.internal.queue.NvmCommand;
import io.nvme4j.internal.queue.SubmissionRecord;
import io.nvme4j.memory.CopyPolicy;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.ScatterGatherList;
import io.nvme4j.spec.NvmOpcode;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Commands of an engine whose handler is told of the completion, exactly once for each, on the
 * reactor: it may publish, but must not block. With the handler of a {@link CompletionRing}, the
 * caller's own threads take the completions from there. Reads and writes allocate nothing.
 *
 * <p>Each method returns a ticket, by which the command can be cancelled ({@link Engine#cancel}),
 * or {@link Engine#NO_ROOM} if the ring stayed full for as long as the {@link IoOptions} allow.
 * They throw {@link IllegalStateException} if the engine is closed, or if the caller is a handler
 * that would have to wait for room, as no reactor can ({@link #trying} doesn't); and {@link
 * IllegalArgumentException} or {@link IndexOutOfBoundsException} for what is out of its range.
 *
 * <p>Thread-safe.
 */
public final class CallbackIo {
    private final Publisher publisher;
    private final CompletionHandler handler;

    CallbackIo(Publisher publisher, CompletionHandler handler) {
        this.publisher = publisher;
        this.handler = Objects.requireNonNull(handler, "an engine tells a handler, not null");
    }

    /**
     * {@return the same commands, which return {@link Engine#NO_ROOM} at once where there is no
     * room, in handlers too}
     */
    public CallbackIo trying() {
        return new CallbackIo(publisher.trying(), handler);
    }

    /**
     * Publishes several commands, and wakes the reactor once for all of them if it sleeps. One that
     * is awake may send the first before the last is published.
     *
     * @param body publishes them by what it is given, and must not wait for their completions
     */
    public void batch(Consumer<CallbackIo> body) {
        Objects.requireNonNull(body, "body");
        publisher.batch(quiet -> body.accept(new CallbackIo(quiet, handler)));
    }

    /**
     * Publishes a Read. Where that is more than a command can be, it becomes several, which have
     * one completion.
     *
     * @param namespace of the same controller, or a slice of one
     * @param startingLba first logical block
     * @param blocks logical blocks, 1 to 65536
     * @param buffer where the data goes; it can't be closed before the completion
     * @param offset into the buffer in bytes; a multiple of 4, or any where the controller's SGLs
     *     take it
     * @param tag comes back with the completion
     * @return the ticket, or {@link Engine#NO_ROOM}
     */
    public long read(
            Namespace namespace,
            long startingLba,
            int blocks,
            DmaBuffer buffer,
            long offset,
            long tag) {
        Buffers.checkWritable(buffer);
        Request request = request(READ, namespace, startingLba, blocks, buffer, offset);
        return publisher.publish(request, tag);
    }

    /**
     * Publishes a Write; as {@link #read}, the other way round.
     *
     * @param namespace of the same controller, or a slice of one
     * @param startingLba first logical block
     * @param blocks logical blocks, 1 to 65536
     * @param buffer where the data are; it can't be closed before the completion
     * @param offset into the buffer in bytes; a multiple of 4, or any where the controller's SGLs
     *     take it
     * @param tag comes back with the completion
     * @return the ticket, or {@link Engine#NO_ROOM}
     */
    public long write(
            Namespace namespace,
            long startingLba,
            int blocks,
            DmaBuffer buffer,
            long offset,
            long tag) {
        Request request = request(WRITE, namespace, startingLba, blocks, buffer, offset);
        return publisher.publish(request, tag);
    }

    /**
     * Publishes a Compare; as {@link #write}, but it only fails with Compare Failure where the data
     * differ.
     *
     * @param namespace of the same controller, or a slice of one
     * @param startingLba first logical block
     * @param blocks logical blocks, 1 to 65536
     * @param buffer where the data are; it can't be closed before the completion
     * @param offset into the buffer in bytes; a multiple of 4, or any where the controller's SGLs
     *     take it
     * @param tag comes back with the completion
     * @return the ticket, or {@link Engine#NO_ROOM}
     */
    public long compare(
            Namespace namespace,
            long startingLba,
            int blocks,
            DmaBuffer buffer,
            long offset,
            long tag) {
        Request request = request(COMPARE, namespace, startingLba, blocks, buffer, offset);
        return publisher.publish(request, tag);
    }

    /**
     * Publishes a Read to any memory, as {@link io.nvme4j.QueuePair#read(Namespace, long,
     * ScatterGatherList, long)}. The list can't be changed before the completion.
     *
     * @param namespace of the same controller, or a slice of one
     * @param startingLba first logical block
     * @param list the data, whole blocks; it can't be changed before the completion
     * @param tag comes back with the completion
     * @return the ticket, or {@link Engine#NO_ROOM}
     */
    public long read(Namespace namespace, long startingLba, ScatterGatherList list, long tag) {
        return transfer(new Transfer(NvmOpcode.READ, namespace, startingLba, list), tag);
    }

    /**
     * Publishes a Write from any memory; as the read, the other way round.
     *
     * @param namespace of the same controller, or a slice of one
     * @param startingLba first logical block
     * @param list the data, whole blocks; it can't be changed before the completion
     * @param tag comes back with the completion
     * @return the ticket, or {@link Engine#NO_ROOM}
     */
    public long write(Namespace namespace, long startingLba, ScatterGatherList list, long tag) {
        return transfer(new Transfer(NvmOpcode.WRITE, namespace, startingLba, list), tag);
    }

    /**
     * Publishes a Compare with any memory; as the write.
     *
     * @param namespace of the same controller, or a slice of one
     * @param startingLba first logical block
     * @param list the data, whole blocks; it can't be changed before the completion
     * @param tag comes back with the completion
     * @return the ticket, or {@link Engine#NO_ROOM}
     */
    public long compare(Namespace namespace, long startingLba, ScatterGatherList list, long tag) {
        return transfer(new Transfer(NvmOpcode.COMPARE, namespace, startingLba, list), tag);
    }

    /**
     * Publishes a transfer, with all that it says, and FUA where the {@link IoOptions} want it. It
     * may say something else when this returns; its list can't be changed before the completion.
     *
     * @param transfer of the same controller
     * @param tag comes back with the completion
     * @return the ticket, or {@link Engine#NO_ROOM}
     */
    public long transfer(Transfer transfer, long tag) {
        return publisher.publish(claim(transfer), tag);
    }

    /**
     * Publishes transfers that have one completion, with the status of that one which failed first
     * in their order, if any did. They go out together as far as there is room; after one that
     * failed no other begins. Otherwise each is as {@link #transfer} has it.
     *
     * @param transfers at least one
     * @param tag comes back with the completion
     * @return the ticket, or {@link Engine#NO_ROOM}
     */
    public long transferAll(List<Transfer> transfers, long tag) {
        TransferGroup group =
                TransferGroup.of(
                        transfers, publisher.access, publisher.controller(), publisher.reactor());
        return publisher.publish(publisher.claim(group, handler), tag);
    }

    /**
     * Publishes a Flush: the writes whose handlers were told before are on the medium when it
     * completes.
     *
     * @param namespace of the same controller, or a slice of one
     * @param tag comes back with the completion
     * @return the ticket, or {@link Engine#NO_ROOM}
     */
    public long flush(Namespace namespace, long tag) {
        Api.checkMemory(namespace, publisher.memory);
        Request request = publisher.claim(handler);
        if (request != null) {
            NvmCommand.putFlush(request.withoutData().record, namespace.id());
        }
        return publisher.publish(request, tag);
    }

    /**
     * Publishes a Flush with a barrier: it is sent when everything that was published before it, to
     * any of the engine's queue pairs, has completed. So the writes of this thread that were only
     * published are on the medium as well. What is published after it waits until then.
     *
     * @param namespace of the same controller, or a slice of one
     * @param tag comes back with the completion
     * @return the ticket, or {@link Engine#NO_ROOM}
     */
    public long flushAfterAll(Namespace namespace, long tag) {
        return publisher.publishToAll(namespace, handler, tag);
    }

    /**
     * Publishes a Write Zeroes.
     *
     * @param namespace of the same controller, or a slice of one
     * @param startingLba first logical block
     * @param blocks logical blocks, 1 to 65536
     * @param tag comes back with the completion
     * @return the ticket, or {@link Engine#NO_ROOM}
     */
    public long writeZeroes(Namespace namespace, long startingLba, int blocks, long tag) {
        Api.checkMemory(namespace, publisher.memory);
        namespace.length(blocks);
        long lba = Api.lba(namespace, startingLba, blocks);
        Request request = publisher.claim(handler);
        if (request != null) {
            NvmCommand.putBlocks(
                    request.withoutData().record,
                    WRITE_ZEROES,
                    namespace.id(),
                    lba,
                    blocks,
                    publisher.access);
        }
        return publisher.publish(request, tag);
    }

    /**
     * Publishes a Dataset Management with one range to deallocate.
     *
     * @param namespace of the same controller, or a slice of one
     * @param startingLba first logical block
     * @param blocks logical blocks, at least 1
     * @param tag comes back with the completion
     * @return the ticket, or {@link Engine#NO_ROOM}
     */
    public long deallocate(Namespace namespace, long startingLba, int blocks, long tag) {
        if (blocks < 1) {
            throw new IllegalArgumentException("a range has 1 block or more, not " + blocks);
        }
        Api.checkMemory(namespace, publisher.memory);
        long lba = Api.lba(namespace, startingLba, blocks);
        Request request = publisher.claim(handler);
        if (request != null) {
            request.withRange(lba, blocks);
            NvmCommand.putDeallocate(request.record, namespace.id(), 1);
        }
        return publisher.publish(request, tag);
    }

    /**
     * Publishes a fused Compare and Write (Base, "Fused Operations"): where the blocks hold what is
     * compared, the other data are written, and nothing comes between the two. FUA is as the Write
     * says, or the {@link IoOptions}. The status is the Compare's, unless only the Write has
     * failed. The transfers may say something else when this returns; their lists can't be changed
     * before the completion.
     *
     * @param compare a Compare that is one command
     * @param write a Write of the same blocks
     * @param tag comes back with the completion
     * @return the ticket, or {@link Engine#NO_ROOM}
     * @throws IllegalArgumentException if the controller has no such commands (Identify Controller,
     *     FUSES), the engine's depth is 1, or the transfers are no Compare and Write of the same
     *     blocks, or more than a command can be
     */
    public long compareAndWrite(Transfer compare, Transfer write, long tag) {
        FusedPair.checkDepth(publisher.engine.depth());
        CompareAndWrite special =
                CompareAndWrite.of(
                        compare,
                        write,
                        publisher.access,
                        publisher.controller(),
                        publisher.reactor());
        return publisher.publish(publisher.claim(special, handler), tag);
    }

    /**
     * Publishes a command of any opcode, as it is. It may say something else when this returns.
     *
     * @param command of the same controller
     * @param tag comes back with the completion
     * @return the ticket, or {@link Engine#NO_ROOM}
     * @throws IllegalArgumentException if the command moves other bytes than its data have, or they
     *     are more than a command can move, or anything belongs to another controller
     */
    public long command(Command command, long tag) {
        return publishTaken(Api.taken(command, publisher.memory, publisher.rules), tag);
    }

    private long publishTaken(Command command, long tag) {
        Request request = publisher.claim(handler);
        if (request != null) {
            put(command, request);
        }
        return publisher.publish(request, tag);
    }

    private static void put(Command command, Request request) {
        SubmissionRecord.putCommand(
                request.record,
                command.opcode(),
                command.namespaceId(),
                command.dwords(10),
                command.dwords(12));
        SubmissionRecord.putOtherDwords(request.record, command.dwords(2), command.dwords(14));
        DmaBuffer data = command.data();
        if (data == null) {
            request.withoutData();
        } else {
            request.with(data, command.offset(), command.length());
        }
    }

    private @Nullable Request claim(Transfer transfer) {
        ListTransfer special =
                ListTransfer.of(
                        transfer, publisher.access, publisher.controller(), publisher.reactor());
        return publisher.claim(special, handler);
    }

    private @Nullable Request request(
            int opcode,
            Namespace namespace,
            long startingLba,
            int blocks,
            DmaBuffer buffer,
            long offset) {
        Api.checkMemory(namespace, publisher.memory);
        long length = namespace.length(blocks);
        check(buffer, offset, length);
        if (length > publisher.maximumTransferSize || !Api.isPlain(namespace)) {
            ScatterGatherList whole = Lists.list(publisher.memory, CopyPolicy.REFUSE);
            whole.add(buffer, offset, length);
            NvmOpcode named = NvmOpcode.fromValue(opcode).orElseThrow(AssertionError::new);
            return claim(new Transfer(named, namespace, startingLba, whole));
        }
        long lba = Api.lba(namespace, startingLba, blocks);
        Request request = publisher.claim(handler);
        if (request != null) {
            NvmCommand.putBlocks(
                    request.with(buffer, offset, length).record,
                    opcode,
                    namespace.id(),
                    lba,
                    blocks,
                    publisher.access);
        }
        return request;
    }

    private void check(DmaBuffer buffer, long offset, long length) {
        Buffers.checkRange(buffer, publisher.memory, offset, length);
        publisher.rules.checkAddress(Buffers.mapped(buffer).address() + offset);
    }
}
