// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.YieldingWaitStrategy;

import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.DmaMemory;
import io.nvme4j.memory.map.MappingRules;
import io.nvme4j.queue.CommandQueue;
import io.nvme4j.queue.SubmissionRecord;
import io.nvme4j.spec.NvmOpcode;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A queue pair that many threads share without locks: an LMAX Disruptor ring in front of one
 * reactor thread that owns the queue pair.
 *
 * <p>{@link #read} and its like write the command into the ring's next submission record and
 * publish it. The reactor gives what was published to C in place, a whole batch with one native
 * call, and calls the handlers. Nothing here allocates for an I/O.
 *
 * <p>Where the ring is full, the caller waits: back pressure, not an error. Handlers run on the
 * reactor: they may publish, but must not block. All methods are thread-safe.
 */
public final class Engine implements AutoCloseable {
    /** Requests; enough to keep the reactor at work while a publisher sleeps for want of room. */
    private static final int MINIMUM_RING = 1024;

    /**
     * Looks for room before a publisher sleeps: the reactor mostly makes some within microseconds.
     */
    private static final int SPINS = 2_000;

    private static final int FLUSH = NvmOpcode.FLUSH.value();
    private static final int WRITE = NvmOpcode.WRITE.value();
    private static final int READ = NvmOpcode.READ.value();

    private final DmaMemory memory;
    private final MappingRules rules;
    private final long maximumTransferSize;
    private final MemorySegment records;
    private final RingBuffer<Request> ring;
    private final Thread reactorThread;

    /* Read after a sequence was claimed; see claim(). */
    private volatile boolean closed;

    private Engine(Controller controller, CommandQueue queue) {
        this.memory = controller.memory();
        this.rules = controller.mappingRules();
        this.maximumTransferSize = controller.maximumTransferSize();
        // Twice the depth at least: one batch on its way to C, and the next being published.
        int size = Math.max(MINIMUM_RING, Integer.highestOneBit(2 * queue.depth() - 1) << 1);
        this.records =
                Arena.ofAuto().allocate(size * SubmissionRecord.BYTES, SubmissionRecord.ALIGNMENT);
        int[] index = {0};
        this.ring =
                RingBuffer.createMultiProducer(
                        () -> newRequest(index[0]++, size), size, new YieldingWaitStrategy());
        Reactor reactor = new Reactor(queue, ring, records, () -> closed);
        this.reactorThread = Thread.ofPlatform().name("nvme4j-reactor").daemon().unstarted(reactor);
    }

    private static Request newRequest(int index, int size) {
        return new Request(index * SubmissionRecord.BYTES, index == size - 1);
    }

    /**
     * Creates a queue pair on the controller, and starts its reactor.
     *
     * @param depth commands that are in flight at once, 1 to the controller's maximum; further ones
     *     wait in the ring
     * @throws io.nvme4j.error.ShimException if the depth is out of range, or the controller has no
     *     queue pair left
     */
    public static Engine start(Controller controller, int depth) {
        Engine engine = new Engine(controller, controller.commandQueue(depth));
        engine.reactorThread.start();
        return engine;
    }

    /**
     * Publishes a Read. Waits while the ring is full.
     *
     * @param blocks logical blocks, 1 to 65536 and no more than the controller's maximum transfer
     *     size
     * @param buffer where the data goes; it may be closed only after the handler was told
     * @param offset into the buffer in bytes; a multiple of 4, or any where the controller's SGLs
     *     take it
     * @param handler told of the completion, exactly once, on the reactor
     * @param tag comes back with the completion
     * @throws IllegalStateException if the engine or the buffer is closed, or the caller is a
     *     handler and the ring is full
     * @throws IllegalArgumentException if an argument is out of its range, or the buffer is another
     *     controller's
     * @throws IndexOutOfBoundsException if the data would not lie inside the buffer
     */
    public void read(
            Namespace namespace,
            long startingLba,
            int blocks,
            DmaBuffer buffer,
            long offset,
            CompletionHandler handler,
            long tag) {
        transfer(READ, namespace, startingLba, blocks, buffer, offset, handler, tag);
    }

    /** Publishes a Write; as {@link #read}, the other way round. */
    public void write(
            Namespace namespace,
            long startingLba,
            int blocks,
            DmaBuffer buffer,
            long offset,
            CompletionHandler handler,
            long tag) {
        transfer(WRITE, namespace, startingLba, blocks, buffer, offset, handler, tag);
    }

    /**
     * Publishes a Flush: the writes whose handlers were told before are on the medium when it
     * completes.
     */
    public void flush(Namespace namespace, CompletionHandler handler, long tag) {
        publish(FLUSH, namespace, 0, 0, null, 0, 0, handler, tag);
    }

    private void transfer(
            int opcode,
            Namespace namespace,
            long startingLba,
            int blocks,
            DmaBuffer buffer,
            long offset,
            CompletionHandler handler,
            long tag) {
        long length = namespace.length(blocks);
        if (length > maximumTransferSize) {
            throw new IllegalArgumentException(
                    length
                            + " bytes are more than the controller's maximum transfer size, "
                            + maximumTransferSize);
        }
        buffer.checkRange(memory, offset, length);
        rules.checkAddress(buffer.mapped().address() + offset);
        if (opcode == READ) {
            buffer.checkWritable();
        }
        publish(opcode, namespace, startingLba, blocks - 1, buffer, offset, length, handler, tag);
    }

    private void publish(
            int opcode,
            Namespace namespace,
            long cdw10and11,
            long cdw12,
            @Nullable DmaBuffer buffer,
            long offset,
            long length,
            CompletionHandler handler,
            long tag) {
        long sequence = claim();
        Request request = ring.get(sequence);
        SubmissionRecord.putCommand(
                records, request.record, opcode, namespace.id(), cdw10and11, cdw12);
        request.buffer = buffer;
        request.offset = offset;
        request.length = length;
        request.tag = tag;
        request.handler = handler;
        ring.publish(sequence);
    }

    /**
     * The next sequence, which the caller then publishes.
     *
     * <p>Claiming moves the ring's cursor, and only then is {@link #closed} read; a close sets that
     * and only then reads the cursor. So either the claim is given up here, or the reactor waits
     * for it.
     */
    private long claim() {
        checkOpen();
        long sequence = Thread.currentThread() == reactorThread ? claimNow() : claimWaiting();
        if (closed) {
            ring.get(sequence).handler = null;
            ring.publish(sequence);
            checkOpen();
        }
        return sequence;
    }

    private long claimWaiting() {
        for (int spin = 0; spin < SPINS && !ring.hasAvailableCapacity(1); spin++) {
            Thread.onSpinWait();
        }
        return ring.next();
    }

    /** On the reactor nobody else would make room. */
    private long claimNow() {
        try {
            return ring.tryNext();
        } catch (InsufficientCapacityException e) {
            throw new IllegalStateException(
                    "the ring is full, and a handler can't wait for room in it");
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the engine is closed");
        }
    }

    /**
     * Waits until everything published has completed and its handlers were told, then deletes the
     * queue pair. Closing twice does nothing.
     *
     * @throws IllegalStateException on the reactor
     */
    @Override
    public void close() {
        if (Thread.currentThread() == reactorThread) {
            throw new IllegalStateException("a handler can't close its own engine");
        }
        closed = true;
        boolean interrupted = false;
        while (reactorThread.isAlive()) {
            try {
                reactorThread.join();
            } catch (InterruptedException e) {
                interrupted = true; // told to the caller below: closing half way helps nobody
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
