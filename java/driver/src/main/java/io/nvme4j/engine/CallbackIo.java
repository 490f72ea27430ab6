// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import static io.nvme4j.internal.queue.NvmCommand.COMPARE;
import static io.nvme4j.internal.queue.NvmCommand.FORCE_UNIT_ACCESS;
import static io.nvme4j.internal.queue.NvmCommand.READ;
import static io.nvme4j.internal.queue.NvmCommand.WRITE;
import static io.nvme4j.internal.queue.NvmCommand.WRITE_ZEROES;

import io.nvme4j.Command;
import io.nvme4j.CompletionHandler;
import io.nvme4j.Namespace;
import io.nvme4j.Transfer;
import io.nvme4j.error.CompletionStatus;
import io.nvme4j.error.Errno;
import io.nvme4j.internal.Api;
import io.nvme4j.internal.engine.Barrier;
import io.nvme4j.internal.engine.BarrierFlush;
import io.nvme4j.internal.engine.CompareAndWrite;
import io.nvme4j.internal.engine.LaneRing;
import io.nvme4j.internal.engine.ListTransfer;
import io.nvme4j.internal.engine.Request;
import io.nvme4j.internal.engine.Special;
import io.nvme4j.internal.memory.Buffers;
import io.nvme4j.internal.memory.DmaMemory;
import io.nvme4j.internal.memory.Lists;
import io.nvme4j.internal.queue.FusedPair;
import io.nvme4j.internal.queue.NvmCommand;
import io.nvme4j.internal.queue.SubmissionRecord;
import io.nvme4j.map.MappingRules;
import io.nvme4j.memory.CopyPolicy;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.ScatterGatherList;
import io.nvme4j.spec.NvmOpcode;

import org.jspecify.annotations.Nullable;

import java.util.Objects;

/**
 * Commands of an engine whose handlers are told of the completion, exactly once each, on the
 * reactor: they may publish, but must not block. With the handler of a {@link CompletionRing}, the
 * caller's own threads take the completions from there. Reads and writes allocate nothing.
 *
 * <p>Each method returns a ticket, by which the command can be cancelled ({@link Engine#cancel}),
 * or {@link Engine#NO_ROOM} if the ring stayed full for as long as the {@link IoOptions} allow.
 * They throw {@link IllegalStateException} if the engine is closed, or if the caller is a handler
 * and the ring is full; and {@link IllegalArgumentException} or {@link IndexOutOfBoundsException}
 * for what is out of its range.
 *
 * <p>Thread-safe.
 */
public final class CallbackIo {
    private final Engine engine;
    private final IoOptions options;
    private final long access;
    private final DmaMemory memory;
    private final MappingRules rules;
    private final long maximumTransferSize;

    CallbackIo(Engine engine, IoOptions options) {
        this.engine = engine;
        this.options = options;
        this.access = options.forceUnitAccess() ? FORCE_UNIT_ACCESS : 0;
        this.memory = Api.memory(engine.controller());
        this.rules = engine.controller().mappingRules();
        this.maximumTransferSize = engine.controller().limits().transferSize();
    }

    /**
     * Publishes a Read. Where that is more than a command can be, it becomes several, which have
     * one completion.
     *
     * @param startingLba first logical block
     * @param blocks logical blocks, 1 to 65536
     * @param buffer where the data goes; it can't be closed before the completion
     * @param offset into the buffer in bytes; a multiple of 4, or any where the controller's SGLs
     *     take it
     * @param tag comes back with the completion
     */
    public long read(
            Namespace namespace,
            long startingLba,
            int blocks,
            DmaBuffer buffer,
            long offset,
            CompletionHandler handler,
            long tag) {
        Buffers.checkWritable(buffer);
        return transfer(READ, namespace, startingLba, blocks, buffer, offset, handler, tag);
    }

    /** Publishes a Write; as {@link #read}, the other way round. */
    public long write(
            Namespace namespace,
            long startingLba,
            int blocks,
            DmaBuffer buffer,
            long offset,
            CompletionHandler handler,
            long tag) {
        return transfer(WRITE, namespace, startingLba, blocks, buffer, offset, handler, tag);
    }

    /**
     * Publishes a Compare; as {@link #write}, but it only fails with Compare Failure where the data
     * differ.
     */
    public long compare(
            Namespace namespace,
            long startingLba,
            int blocks,
            DmaBuffer buffer,
            long offset,
            CompletionHandler handler,
            long tag) {
        return transfer(COMPARE, namespace, startingLba, blocks, buffer, offset, handler, tag);
    }

    /**
     * Publishes a Read to any memory, as {@link io.nvme4j.QueuePair#read(Namespace, long,
     * ScatterGatherList, long)}. The list can't be changed before the completion.
     */
    public long read(
            Namespace namespace,
            long startingLba,
            ScatterGatherList list,
            CompletionHandler handler,
            long tag) {
        return transfer(new Transfer(NvmOpcode.READ, namespace, startingLba, list), handler, tag);
    }

    /** Publishes a Write from any memory; as the read, the other way round. */
    public long write(
            Namespace namespace,
            long startingLba,
            ScatterGatherList list,
            CompletionHandler handler,
            long tag) {
        return transfer(new Transfer(NvmOpcode.WRITE, namespace, startingLba, list), handler, tag);
    }

    /** Publishes a Compare with any memory; as the write. */
    public long compare(
            Namespace namespace,
            long startingLba,
            ScatterGatherList list,
            CompletionHandler handler,
            long tag) {
        return transfer(
                new Transfer(NvmOpcode.COMPARE, namespace, startingLba, list), handler, tag);
    }

    /**
     * Publishes a transfer, with all that it says, and FUA where the {@link IoOptions} want it. It
     * may say something else when this returns; its list can't be changed before the completion.
     */
    public long transfer(Transfer transfer, CompletionHandler handler, long tag) {
        int lane = engine.laneIndex();
        Thread reactor = engine.lane(lane).thread();
        return publishOrAbandon(
                lane,
                ListTransfer.of(transfer, access, engine.controller(), reactor),
                handler,
                tag);
    }

    private long publishOrAbandon(int lane, Special special, CompletionHandler handler, long tag) {
        long ticket = Engine.NO_ROOM;
        try {
            ticket = special(lane, special, handler, tag, options.roomNanos());
        } finally {
            if (ticket == Engine.NO_ROOM) {
                special.abandon();
            }
        }
        return ticket;
    }

    /**
     * Publishes a Flush: the writes whose handlers were told before are on the medium when it
     * completes.
     */
    public long flush(Namespace namespace, CompletionHandler handler, long tag) {
        Api.checkMemory(namespace, memory);
        Request request = claim(handler);
        if (request == null) {
            return Engine.NO_ROOM;
        }
        NvmCommand.putFlush(request.record, namespace.id());
        return publish(request.withoutData(), handler, tag);
    }

    /**
     * Publishes a Flush with a barrier: it is sent when everything that was published before it, to
     * any of the engine's queue pairs, has completed. So the writes of this thread that were only
     * published are on the medium as well. What is published after it waits until then.
     */
    public long flushAfterAll(Namespace namespace, CompletionHandler handler, long tag) {
        Api.checkMemory(namespace, memory);
        if (!reservePlace(handler, IoOptions.FOREVER)) {
            noRoom();
            return Engine.NO_ROOM;
        }
        long ticket = Engine.NO_ROOM;
        try {
            ticket = publishToAll(new Barrier(engine.lanes(), handler), namespace, tag);
        } finally {
            if (ticket == Engine.NO_ROOM) {
                giveBackPlace(handler);
            }
        }
        return ticket;
    }

    private long publishToAll(Barrier barrier, Namespace namespace, long tag) {
        int own = engine.laneIndex();
        long ticket = Engine.NO_ROOM;
        for (int lane = 0; lane < engine.lanes(); lane++) {
            long each = publishToOne(lane, barrier, namespace, tag);
            ticket = lane == 0 || (lane == own && each != Engine.NO_ROOM) ? each : ticket;
        }
        return ticket;
    }

    /**
     * The lanes that were first wait for the others: so what can't be published to one of these, as
     * the engine was closed meanwhile, say, ends the Flush, of which the caller is told.
     */
    private long publishToOne(int lane, Barrier barrier, Namespace namespace, long tag) {
        try {
            BarrierFlush flush = new BarrierFlush(barrier, namespace.id());
            return special(lane, flush, barrier, tag, IoOptions.FOREVER);
        } catch (IllegalStateException e) {
            if (lane == 0) {
                throw e;
            }
            barrier.onCompletion(tag, CompletionStatus.ofErrno(Errno.ECANCELED), 0);
            return Engine.NO_ROOM;
        }
    }

    /**
     * Publishes a Write Zeroes.
     *
     * @param blocks logical blocks, 1 to 65536
     */
    public long writeZeroes(
            Namespace namespace,
            long startingLba,
            int blocks,
            CompletionHandler handler,
            long tag) {
        Api.checkMemory(namespace, memory);
        namespace.length(blocks);
        Request request = claim(handler);
        if (request == null) {
            return Engine.NO_ROOM;
        }
        NvmCommand.putBlocks(
                request.record, WRITE_ZEROES, namespace.id(), startingLba, blocks, access);
        return publish(request.withoutData(), handler, tag);
    }

    /**
     * Publishes a Dataset Management with one range to deallocate.
     *
     * @param blocks logical blocks, at least 1
     */
    public long deallocate(
            Namespace namespace,
            long startingLba,
            int blocks,
            CompletionHandler handler,
            long tag) {
        if (blocks < 1) {
            throw new IllegalArgumentException("a range has 1 block or more, not " + blocks);
        }
        Api.checkMemory(namespace, memory);
        Request request = claim(handler);
        if (request == null) {
            return Engine.NO_ROOM;
        }
        NvmCommand.putDeallocate(request.record, namespace.id(), 1);
        return publish(request.withRange(startingLba, blocks), handler, tag);
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
     * @throws IllegalArgumentException if the controller has no such commands (Identify Controller,
     *     FUSES), the engine's depth is 1, or the transfers are no Compare and Write of the same
     *     blocks, or more than a command can be
     */
    public long compareAndWrite(
            Transfer compare, Transfer write, CompletionHandler handler, long tag) {
        FusedPair.checkDepth(engine.depth());
        int lane = engine.laneIndex();
        Thread reactor = engine.lane(lane).thread();
        return publishOrAbandon(
                lane,
                CompareAndWrite.of(compare, write, access, engine.controller(), reactor),
                handler,
                tag);
    }

    /**
     * Publishes a command of any opcode, as it is. It may say something else when this returns.
     *
     * @throws IllegalArgumentException if the command moves other bytes than its data have, or they
     *     are more than a command can move, or anything belongs to another controller
     */
    public long command(Command command, CompletionHandler handler, long tag) {
        return publishChecked(command.copy(), handler, tag);
    }

    private long publishChecked(Command command, CompletionHandler handler, long tag) {
        Api.check(command, memory, rules);
        Request request = claim(handler);
        if (request == null) {
            return Engine.NO_ROOM;
        }
        SubmissionRecord.putCommand(
                request.record,
                command.opcode(),
                command.namespaceId(),
                command.dwords(10),
                command.dwords(12));
        SubmissionRecord.putOtherDwords(request.record, command.dwords(2), command.dwords(14));
        DmaBuffer data = command.data();
        return publish(
                data == null
                        ? request.withoutData()
                        : request.with(data, command.offset(), command.length()),
                handler,
                tag);
    }

    private long transfer(
            int opcode,
            Namespace namespace,
            long startingLba,
            int blocks,
            DmaBuffer buffer,
            long offset,
            CompletionHandler handler,
            long tag) {
        Api.checkMemory(namespace, memory);
        long length = namespace.length(blocks);
        check(buffer, offset, length);
        if (length > maximumTransferSize || !Api.isPlain(namespace)) {
            ScatterGatherList whole = Lists.list(memory, CopyPolicy.REFUSE);
            whole.add(buffer, offset, length);
            NvmOpcode named = NvmOpcode.fromValue(opcode).orElseThrow(AssertionError::new);
            return transfer(new Transfer(named, namespace, startingLba, whole), handler, tag);
        }
        Request request = claim(handler);
        if (request == null) {
            return Engine.NO_ROOM;
        }
        NvmCommand.putBlocks(request.record, opcode, namespace.id(), startingLba, blocks, access);
        return publish(request.with(buffer, offset, length), handler, tag);
    }

    private void check(DmaBuffer buffer, long offset, long length) {
        Buffers.checkRange(buffer, memory, offset, length);
        rules.checkAddress(Buffers.mapped(buffer).address() + offset);
    }

    private long special(
            int lane, Special special, CompletionHandler handler, long tag, long roomNanos) {
        Request request = claim(engine.ring(lane), handler, roomNanos);
        if (request == null) {
            return Engine.NO_ROOM;
        }
        return publish(request.with(special), special.published(handler), tag);
    }

    private long publish(Request request, CompletionHandler handler, long tag) {
        request.tells(handler, tag);
        request.deadline = engine.deadline(options);
        request.ring.publish(request);
        return engine.ticket(request.ring.lane(), request.sequence);
    }

    private @Nullable Request claim(CompletionHandler handler) {
        return claim(engine.ring(engine.laneIndex()), handler, options.roomNanos());
    }

    /** Room in the completion ring first, where there is one: the reactor can't wait for it. */
    private @Nullable Request claim(LaneRing ring, CompletionHandler handler, long roomNanos) {
        if (!reservePlace(handler, roomNanos)) {
            return noRoom();
        }
        Request request = null;
        try {
            request = ring.claim(0);
            if (request == null) {
                request = ring.claim(patience(roomNanos));
            }
        } finally {
            if (request == null) {
                giveBackPlace(handler);
            }
        }
        return request == null ? noRoom() : request;
    }

    private boolean reservePlace(CompletionHandler handler, long roomNanos) {
        Objects.requireNonNull(handler, "an engine tells a handler, not null");
        return !(handler instanceof CompletionRing.Inlet inlet)
                || inlet.reserve(0)
                || inlet.reserve(patience(roomNanos));
    }

    private static void giveBackPlace(CompletionHandler handler) {
        if (handler instanceof CompletionRing.Inlet inlet) {
            inlet.giveBack();
        }
    }

    /** How long this thread may wait: the reactor, which makes room, not at all. */
    private long patience(long roomNanos) {
        return engine.isReactor() ? 0 : roomNanos;
    }

    private @Nullable Request noRoom() {
        if (engine.isReactor()) {
            throw new IllegalStateException(
                    "the ring is full, and a handler can't wait for room in it");
        }
        return null;
    }
}
