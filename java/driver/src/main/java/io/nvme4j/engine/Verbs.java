// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import io.nvme4j.Command;
import io.nvme4j.CompletionHandler;
import io.nvme4j.Namespace;
import io.nvme4j.Transfer;
import io.nvme4j.internal.Api;
import io.nvme4j.memory.CopyPolicy;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.ScatterGatherList;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The commands of an engine, for those who are told of the completion by what the method returns.
 *
 * @param <R> what tells of the completion, and then has DW0 of the completion queue entry
 */
public abstract sealed class Verbs<R> permits FutureIo, BlockingIo, TryingIo {
    /** In place of the ticket of what was told before anything was published. */
    private static final long NO_COMMAND = 0;

    private final Publisher publisher;

    Verbs(Publisher publisher) {
        this.publisher = publisher;
    }

    /** What tells of one command. */
    interface Promise<R> {
        /** Who is told on the reactor. */
        CompletionHandler handler();

        /**
         * What the caller gets.
         *
         * @param ticket what the publishing returned, or {@link Engine#NO_ROOM}
         */
        R published(long ticket);
    }

    final Publisher publisher() {
        return publisher;
    }

    abstract Promise<R> promise();

    private CallbackIo telling(Promise<R> promise) {
        return new CallbackIo(publisher, promise.handler());
    }

    /**
     * Reads.
     *
     * @param namespace of the same controller, or a slice of one
     * @param startingLba first logical block
     * @param blocks logical blocks, 1 to 65536
     * @param buffer where the data goes; it can't be closed before the completion
     * @param offset into the buffer in bytes; a multiple of 4, or any where the controller's SGLs
     *     take it
     * @return what tells of the completion
     */
    public final R read(
            Namespace namespace, long startingLba, int blocks, DmaBuffer buffer, long offset) {
        Promise<R> promise = promise();
        return promise.published(
                telling(promise).read(namespace, startingLba, blocks, buffer, offset, 0));
    }

    /**
     * Writes; as the read, the other way round.
     *
     * @param namespace of the same controller, or a slice of one
     * @param startingLba first logical block
     * @param blocks logical blocks, 1 to 65536
     * @param buffer where the data are; it can't be closed before the completion
     * @param offset into the buffer in bytes; a multiple of 4, or any where the controller's SGLs
     *     take it
     * @return what tells of the completion
     */
    public final R write(
            Namespace namespace, long startingLba, int blocks, DmaBuffer buffer, long offset) {
        Promise<R> promise = promise();
        return promise.published(
                telling(promise).write(namespace, startingLba, blocks, buffer, offset, 0));
    }

    /**
     * Compares with what is in the buffer; fails with Compare Failure where they differ.
     *
     * @param namespace of the same controller, or a slice of one
     * @param startingLba first logical block
     * @param blocks logical blocks, 1 to 65536
     * @param buffer where the data are; it can't be closed before the completion
     * @param offset into the buffer in bytes; a multiple of 4, or any where the controller's SGLs
     *     take it
     * @return what tells of the completion
     */
    public final R compare(
            Namespace namespace, long startingLba, int blocks, DmaBuffer buffer, long offset) {
        Promise<R> promise = promise();
        return promise.published(
                telling(promise).compare(namespace, startingLba, blocks, buffer, offset, 0));
    }

    /**
     * Reads to any memory. The list can't be changed before the completion.
     *
     * @param namespace of the same controller, or a slice of one
     * @param startingLba first logical block
     * @param list the data, whole blocks; it can't be changed before the completion
     * @return what tells of the completion
     */
    public final R read(Namespace namespace, long startingLba, ScatterGatherList list) {
        Promise<R> promise = promise();
        return promise.published(telling(promise).read(namespace, startingLba, list, 0));
    }

    /**
     * Writes from any memory; as the read, the other way round.
     *
     * @param namespace of the same controller, or a slice of one
     * @param startingLba first logical block
     * @param list the data, whole blocks; it can't be changed before the completion
     * @return what tells of the completion
     */
    public final R write(Namespace namespace, long startingLba, ScatterGatherList list) {
        Promise<R> promise = promise();
        return promise.published(telling(promise).write(namespace, startingLba, list, 0));
    }

    /**
     * Compares with any memory; as the write.
     *
     * @param namespace of the same controller, or a slice of one
     * @param startingLba first logical block
     * @param list the data, whole blocks; it can't be changed before the completion
     * @return what tells of the completion
     */
    public final R compare(Namespace namespace, long startingLba, ScatterGatherList list) {
        Promise<R> promise = promise();
        return promise.published(telling(promise).compare(namespace, startingLba, list, 0));
    }

    /**
     * Moves what the transfer says; {@link CallbackIo#transfer}.
     *
     * @param transfer which may say something else when this returns
     * @return what tells of the completion
     */
    public final R transfer(Transfer transfer) {
        Promise<R> promise = promise();
        return promise.published(telling(promise).transfer(transfer, 0));
    }

    /**
     * Moves what several transfers say, at once; {@link CallbackIo#transferAll}.
     *
     * @param transfers at least one
     * @return what tells of the completion
     */
    public final R transferAll(List<Transfer> transfers) {
        Promise<R> promise = promise();
        return promise.published(telling(promise).transferAll(transfers, 0));
    }

    /**
     * Carries out a command of any opcode, as it is; {@link CallbackIo#command}.
     *
     * @param command which may say something else when this returns
     * @return what tells of the completion
     */
    public final R command(Command command) {
        Promise<R> promise = promise();
        return promise.published(telling(promise).command(command, 0));
    }

    /**
     * Reads to a segment of any kind, also of a heap array; copied where the controller can't reach
     * it.
     *
     * @param namespace of the same controller, or a slice of one
     * @param startingLba first logical block
     * @param segment whole blocks
     * @return what tells of the completion
     */
    public final R read(Namespace namespace, long startingLba, MemorySegment segment) {
        return read(namespace, startingLba, list(segment));
    }

    /**
     * Writes from a segment of any kind; as the read, the other way round.
     *
     * @param namespace of the same controller, or a slice of one
     * @param startingLba first logical block
     * @param segment whole blocks
     * @return what tells of the completion
     */
    public final R write(Namespace namespace, long startingLba, MemorySegment segment) {
        return write(namespace, startingLba, list(segment));
    }

    /**
     * Compares with a segment of any kind; as the write.
     *
     * @param namespace of the same controller, or a slice of one
     * @param startingLba first logical block
     * @param segment whole blocks
     * @return what tells of the completion
     */
    public final R compare(Namespace namespace, long startingLba, MemorySegment segment) {
        return compare(namespace, startingLba, list(segment));
    }

    private ScatterGatherList list(MemorySegment segment) {
        return publisher.controller().scatterGatherList(CopyPolicy.COPY).add(segment);
    }

    /**
     * Flushes: the writes that completed before are on the medium when it completes.
     *
     * @param namespace of the same controller, or a slice of one
     * @return what tells of the completion
     */
    public final R flush(Namespace namespace) {
        Promise<R> promise = promise();
        return promise.published(telling(promise).flush(namespace, 0));
    }

    /**
     * Makes durable what was written by commands that have completed: by a Flush, or by nothing
     * where the controller has no volatile write cache (Identify Controller, VWC). What was written
     * with FUA is durable without. A slice is forced with all of its namespace.
     *
     * @param namespace of the same controller, or a slice of one
     * @return what tells of the completion
     */
    public final R force(Namespace namespace) {
        Api.checkMemory(namespace, publisher.memory);
        if (publisher.controller().identify().hasVolatileWriteCache()) {
            return flush(namespace);
        }
        Promise<R> promise = promise();
        promise.handler().onCompletion(0, 0, 0);
        return promise.published(NO_COMMAND);
    }

    /**
     * Flushes after everything that was published before; {@link CallbackIo#flushAfterAll}.
     *
     * @param namespace of the same controller, or a slice of one
     * @return what tells of the completion
     */
    public final R flushAfterAll(Namespace namespace) {
        Promise<R> promise = promise();
        return promise.published(telling(promise).flushAfterAll(namespace, 0));
    }

    /**
     * Writes zeroes to 1 to 65536 blocks.
     *
     * @param namespace of the same controller, or a slice of one
     * @param startingLba first logical block
     * @param blocks logical blocks, 1 to 65536
     * @return what tells of the completion
     */
    public final R writeZeroes(Namespace namespace, long startingLba, int blocks) {
        Promise<R> promise = promise();
        return promise.published(telling(promise).writeZeroes(namespace, startingLba, blocks, 0));
    }

    /**
     * Deallocates blocks.
     *
     * @param namespace of the same controller, or a slice of one
     * @param startingLba first logical block
     * @param blocks logical blocks, at least 1
     * @return what tells of the completion
     */
    public final R deallocate(Namespace namespace, long startingLba, int blocks) {
        Promise<R> promise = promise();
        return promise.published(telling(promise).deallocate(namespace, startingLba, blocks, 0));
    }

    /**
     * Compares and writes, with nothing between; {@link CallbackIo#compareAndWrite}.
     *
     * @param compare a Compare that is one command
     * @param write a Write of the same blocks
     * @return what tells of the completion
     */
    public final R compareAndWrite(Transfer compare, Transfer write) {
        Promise<R> promise = promise();
        return promise.published(telling(promise).compareAndWrite(compare, write, 0));
    }
}
