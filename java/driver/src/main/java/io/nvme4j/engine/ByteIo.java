// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import io.nvme4j.Namespace;
import io.nvme4j.error.CommandException;
import io.nvme4j.error.CompletionStatus;
import io.nvme4j.error.Errno;
import io.nvme4j.error.NvmeException;
import io.nvme4j.error.RingFullException;
import io.nvme4j.internal.Api;
import io.nvme4j.internal.bytes.Claim;
import io.nvme4j.internal.bytes.RangeLocks;
import io.nvme4j.internal.bytes.Scratch;
import io.nvme4j.map.BlockLayout;
import io.nvme4j.memory.CopyPolicy;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.ScatterGatherList;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * Reads and writes of bytes, anywhere in a namespace or a slice, that park their caller, a platform
 * or a virtual thread, until they have completed. All bytes are moved, or an exception says why
 * not: there are no short reads and writes.
 *
 * <p>What is no whole number of blocks: a read throws away what it doesn't want of the first and
 * the last block; a write reads these two, and writes them with their other bytes as they were. So
 * {@link io.nvme4j.map.AtomicUnit#covers} says of its bytes whether a write is atomic, and a read
 * beside it sees each block as it was before or as it is after. Writes by one object that share a
 * block are done one after the other, in the order in which they came, so that none undoes another;
 * writes by two objects, or by other means, to the same block are the caller's business.
 *
 * <p>The time limit of the {@link IoOptions} is for the whole call, the wait for others' writes of
 * the same blocks included. After a time-out of a write, any of its bytes may be written, and no
 * call writes its blocks before the controller is through with it. An interrupt doesn't end the
 * wait; the thread is still interrupted afterwards.
 *
 * <p>Memory of any kind will do, but for a confined arena's; what lies in a {@link DmaBuffer} is
 * not copied where the controller can use it as it is. Methods throw a {@link
 * io.nvme4j.error.NvmeException} for any status but success, a time-out among them; {@link
 * IndexOutOfBoundsException} if bytes are not inside the namespace; {@link
 * IllegalArgumentException} if memory can't be used, as read-only memory by a read; {@link
 * IllegalStateException} on a reactor, or if the engine is closed.
 *
 * <p>Thread-safe.
 */
public final class ByteIo {
    private static final long FOREVER = TimeUnit.DAYS.toNanos(365);

    private final Engine engine;
    private final Namespace namespace;
    private final Publisher publisher;
    private final BlockingIo blocking;
    private final long limitNanos;
    private final RangeLocks locks = new RangeLocks();
    private final Scratch scratch;

    ByteIo(Engine engine, Namespace namespace, IoOptions options) {
        Api.checkMemory(namespace, Api.memory(engine.controller()));
        if (namespace.metadataSize() > 0) {
            throw new IllegalArgumentException(
                    "the namespace has metadata, which bytes alone can't have: move its blocks by"
                            + " Transfers");
        }
        this.engine = engine;
        this.namespace = namespace;
        long limit = options.timeoutNanos() == 0 ? engine.timeoutNanos() : options.timeoutNanos();
        this.limitNanos = limit == 0 ? FOREVER : Math.min(limit, FOREVER);
        // The caller has the time limit: each command is to tell of its own end.
        this.publisher =
                new Publisher(
                        engine,
                        new IoOptions(
                                FOREVER,
                                Math.min(limitNanos, options.roomNanos()),
                                options.forceUnitAccess()));
        this.blocking = engine.blocking(options);
        this.scratch = new Scratch(engine.controller(), 2L * namespace.blockSize());
        engine.whenClosed(scratch::leave);
    }

    /** {@return the namespace, or the slice, whose bytes are meant} */
    public Namespace namespace() {
        return namespace;
    }

    /** {@return how many bytes there are} */
    public long size() {
        return namespace.sizeInBytes();
    }

    /**
     * Reads as many bytes as remain in a buffer, whose position is at its limit then; where it
     * fails, the position stays as it is.
     *
     * @param position of the first byte
     * @param to writable
     */
    public void read(long position, ByteBuffer to) {
        read(position, MemorySegment.ofBuffer(Objects.requireNonNull(to, "to")));
        to.position(to.limit());
    }

    /**
     * Reads as many bytes as a segment has.
     *
     * @param position of the first byte
     * @param to writable, of any kind
     */
    public void read(long position, MemorySegment to) {
        Span span = span(position, to.byteSize());
        if (to.byteSize() > 0) {
            long deadline = deadline();
            DmaBuffer buffer = to.isReadOnly() ? null : reached(to, span);
            Publishing read =
                    buffer == null
                            ? io -> io.read(namespace, span.first, around(to, span), 0)
                            : io ->
                                    io.read(
                                            namespace,
                                            span.first,
                                            span.blocks(),
                                            buffer,
                                            offset(to, buffer),
                                            0);
            await(publish(read, null), deadline);
        }
    }

    /**
     * Writes as many bytes as remain in a buffer, whose position is at its limit then; where it
     * fails, the position stays as it is, and any of the bytes may be written.
     *
     * @param position of the first byte
     * @param from whose bytes from its position to its limit are written
     */
    public void write(long position, ByteBuffer from) {
        write(position, MemorySegment.ofBuffer(Objects.requireNonNull(from, "from")));
        from.position(from.limit());
    }

    /**
     * Writes as many bytes as a segment has. Where it fails, any of them may be written.
     *
     * @param position of the first byte
     * @param from of any kind
     */
    public void write(long position, MemorySegment from) {
        Span span = span(position, from.byteSize());
        if (from.byteSize() > 0) {
            long deadline = deadline();
            Claim claim = claim(span, deadline);
            try {
                await(publish(writing(from, span, claim, deadline), claim), deadline);
            } finally {
                claim.leave();
            }
        }
    }

    /**
     * Makes durable what was written by calls that have returned, whoever made them; {@link
     * Verbs#force}.
     */
    public void force() {
        blocking.force(namespace);
    }

    private Publishing writing(MemorySegment from, Span span, Claim claim, long deadline) {
        DmaBuffer buffer = reached(from, span);
        if (buffer != null) {
            return io ->
                    io.write(namespace, span.first, span.blocks(), buffer, offset(from, buffer), 0);
        }
        ScatterGatherList list = list();
        if (span.isWhole()) {
            list.add(from);
        } else {
            DmaBuffer edges = readEdges(span, claim, deadline);
            addEdge(list, edges, 0, span.before);
            list.add(from);
            addEdge(list, edges, span.endInEdges(), span.behind);
        }
        return io -> io.write(namespace, span.first, list, 0);
    }

    /**
     * Reads the first block to the beginning of a buffer, and the last behind it, as far as bytes
     * of them stay as they are.
     */
    private DmaBuffer readEdges(Span span, Claim claim, long deadline) {
        DmaBuffer edges = claim.acquire(deadline - System.nanoTime());
        if (edges == null) {
            throw timedOut();
        }
        List<Published> reads = new ArrayList<>(2);
        if (span.keepsOfFirst()) {
            reads.add(publish(io -> io.read(namespace, span.first, 1, edges, 0, 0), claim));
        }
        if (span.keepsOfLast()) {
            reads.add(publish(io -> io.read(namespace, span.last, 1, edges, span.block, 0), claim));
        }
        reads.forEach(read -> await(read, deadline));
        return edges;
    }

    private static void addEdge(ScatterGatherList list, DmaBuffer edges, long at, long bytes) {
        if (bytes > 0) {
            list.add(edges, at, bytes);
        }
    }

    /** The memory, and what is thrown away on both sides of it. */
    private ScatterGatherList around(MemorySegment to, Span span) {
        ScatterGatherList list = list();
        if (span.before > 0) {
            list.skip(span.before);
        }
        list.add(to);
        if (span.behind > 0) {
            list.skip(span.behind);
        }
        return list;
    }

    private ScatterGatherList list() {
        return engine.controller().scatterGatherList(CopyPolicy.COPY);
    }

    /** The buffer that whole blocks lie in, if a command can move them from or to there. */
    private @Nullable DmaBuffer reached(MemorySegment memory, Span span) {
        boolean isCommand =
                span.isWhole()
                        && span.last - span.first < BlockLayout.MAXIMUM_BLOCKS
                        && memory.isNative()
                        && memory.address() % Integer.BYTES == 0;
        DmaBuffer buffer =
                isCommand
                        ? Api.memory(engine.controller()).find(memory.address(), memory.byteSize())
                        : null;
        return buffer != null && buffer.isAlive() ? buffer : null;
    }

    private static long offset(MemorySegment memory, DmaBuffer buffer) {
        return memory.address() - buffer.segment().address();
    }

    /**
     * The blocks that bytes lie in.
     *
     * @param block bytes of a block
     * @param before bytes of the first that are not meant
     * @param behind bytes of the last that are not meant
     */
    private record Span(long block, long first, long last, long before, long behind) {
        boolean isWhole() {
            return (before | behind) == 0;
        }

        int blocks() {
            return (int) (last - first + 1);
        }

        boolean keepsOfFirst() {
            return before > 0 || (first == last && behind > 0);
        }

        boolean keepsOfLast() {
            return first < last && behind > 0;
        }

        /** Where in a buffer of the first block and the last the bytes behind begin. */
        long endInEdges() {
            return (first == last ? block : 2 * block) - behind;
        }
    }

    private Span span(long position, long length) {
        refuseReactor();
        Objects.checkFromIndexSize(position, length, size());
        long block = namespace.blockSize();
        long last = Math.max(position, position + length - 1) / block;
        return new Span(
                block,
                position / block,
                last,
                position % block,
                (last + 1) * block - position - length);
    }

    private void refuseReactor() {
        if (engine.isReactor()) {
            throw new IllegalStateException("a handler can't wait for its own reactor");
        }
    }

    private Claim claim(Span span, long deadline) {
        RangeLocks.Range range = locks.lock(span.first, span.last, deadline - System.nanoTime());
        if (range == null) {
            throw timedOut();
        }
        return new Claim(locks, range, scratch);
    }

    /** Publishes one command, and returns its ticket, or {@link Engine#NO_ROOM}. */
    @FunctionalInterface
    private interface Publishing {
        long publish(CallbackIo io);
    }

    private record Published(Awaited command, long ticket) {}

    private Published publish(Publishing publishing, @Nullable Claim claim) {
        Awaited command = new Awaited(claim);
        long ticket = Engine.NO_ROOM;
        try {
            ticket = publishing.publish(new CallbackIo(publisher, command));
        } finally {
            if (ticket == Engine.NO_ROOM) {
                command.abandon();
            }
        }
        if (ticket == Engine.NO_ROOM) {
            throw new RingFullException();
        }
        return new Published(command, ticket);
    }

    private void await(Published published, long deadline) {
        if (!published.command.await(deadline - System.nanoTime())) {
            engine.cancel(published.ticket);
            throw timedOut();
        }
        int status = published.command.status();
        if (status != 0) {
            throw CommandException.of(status);
        }
    }

    private long deadline() {
        return System.nanoTime() + limitNanos;
    }

    private static NvmeException timedOut() {
        return CommandException.of(CompletionStatus.ofErrno(Errno.ETIMEDOUT));
    }
}
