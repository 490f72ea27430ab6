// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import io.nvme4j.Command;
import io.nvme4j.CompletionHandler;
import io.nvme4j.Namespace;
import io.nvme4j.Transfer;
import io.nvme4j.memory.CopyPolicy;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.ScatterGatherList;

import java.lang.foreign.MemorySegment;

/**
 * The commands of an engine, for those who are told of the completion by what the method returns.
 *
 * @param <R> what tells of the completion, and then has DW0 of the completion queue entry
 */
public abstract sealed class Verbs<R> permits FutureIo, BlockingIo {
    private final Engine engine;
    private final CallbackIo io;

    Verbs(Engine engine, IoOptions options) {
        this.engine = engine;
        this.io = engine.callbacks(options);
    }

    /** Publishes one command. */
    @FunctionalInterface
    interface Publishing {
        /** Returns a ticket, or {@link Engine#NO_ROOM}. */
        long publish(CallbackIo io, CompletionHandler handler);
    }

    final Engine engine() {
        return engine;
    }

    final CallbackIo io() {
        return io;
    }

    abstract R issue(Publishing publishing);

    /**
     * Reads.
     *
     * @param startingLba first logical block
     * @param blocks logical blocks, 1 to 65536
     * @param buffer where the data goes; it can't be closed before the completion
     * @param offset into the buffer in bytes; a multiple of 4, or any where the controller's SGLs
     *     take it
     */
    public final R read(
            Namespace namespace, long startingLba, int blocks, DmaBuffer buffer, long offset) {
        return issue(
                (io, handler) ->
                        io.read(namespace, startingLba, blocks, buffer, offset, handler, 0));
    }

    /** Writes; as the read, the other way round. */
    public final R write(
            Namespace namespace, long startingLba, int blocks, DmaBuffer buffer, long offset) {
        return issue(
                (io, handler) ->
                        io.write(namespace, startingLba, blocks, buffer, offset, handler, 0));
    }

    /** Compares with what is in the buffer; fails with Compare Failure where they differ. */
    public final R compare(
            Namespace namespace, long startingLba, int blocks, DmaBuffer buffer, long offset) {
        return issue(
                (io, handler) ->
                        io.compare(namespace, startingLba, blocks, buffer, offset, handler, 0));
    }

    /** Reads to any memory. The list can't be changed before the completion. */
    public final R read(Namespace namespace, long startingLba, ScatterGatherList list) {
        return issue((io, handler) -> io.read(namespace, startingLba, list, handler, 0));
    }

    /** Writes from any memory; as the read, the other way round. */
    public final R write(Namespace namespace, long startingLba, ScatterGatherList list) {
        return issue((io, handler) -> io.write(namespace, startingLba, list, handler, 0));
    }

    /** Compares with any memory; as the write. */
    public final R compare(Namespace namespace, long startingLba, ScatterGatherList list) {
        return issue((io, handler) -> io.compare(namespace, startingLba, list, handler, 0));
    }

    /** Moves what the transfer says; {@link CallbackIo#transfer}. */
    public final R transfer(Transfer transfer) {
        return issue((io, handler) -> io.transfer(transfer, handler, 0));
    }

    /** Carries out a command of any opcode, as it is; {@link CallbackIo#command}. */
    public final R command(Command command) {
        return issue((io, handler) -> io.command(command, handler, 0));
    }

    /**
     * Reads to a segment of any kind, also of a heap array; copied where the controller can't reach
     * it.
     *
     * @param segment whole blocks
     */
    public final R read(Namespace namespace, long startingLba, MemorySegment segment) {
        return read(namespace, startingLba, list(segment));
    }

    /** Writes from a segment of any kind; as the read, the other way round. */
    public final R write(Namespace namespace, long startingLba, MemorySegment segment) {
        return write(namespace, startingLba, list(segment));
    }

    /** Compares with a segment of any kind; as the write. */
    public final R compare(Namespace namespace, long startingLba, MemorySegment segment) {
        return compare(namespace, startingLba, list(segment));
    }

    private ScatterGatherList list(MemorySegment segment) {
        return engine.controller().scatterGatherList(CopyPolicy.COPY).add(segment);
    }

    /** Flushes: the writes that completed before are on the medium when it completes. */
    public final R flush(Namespace namespace) {
        return issue((io, handler) -> io.flush(namespace, handler, 0));
    }

    /** Flushes after everything that was published before; {@link CallbackIo#flushAfterAll}. */
    public final R flushAfterAll(Namespace namespace) {
        return issue((io, handler) -> io.flushAfterAll(namespace, handler, 0));
    }

    /** Writes zeroes to 1 to 65536 blocks. */
    public final R writeZeroes(Namespace namespace, long startingLba, int blocks) {
        return issue((io, handler) -> io.writeZeroes(namespace, startingLba, blocks, handler, 0));
    }

    /** Deallocates blocks. */
    public final R deallocate(Namespace namespace, long startingLba, int blocks) {
        return issue((io, handler) -> io.deallocate(namespace, startingLba, blocks, handler, 0));
    }

    /** Compares and writes, with nothing between; {@link CallbackIo#compareAndWrite}. */
    public final R compareAndWrite(Transfer compare, Transfer write) {
        return issue((io, handler) -> io.compareAndWrite(compare, write, handler, 0));
    }
}
