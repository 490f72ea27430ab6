// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.memory;

import io.nvme4j.internal.map.MappedMemory;
import io.nvme4j.internal.memory.Backing;
import io.nvme4j.internal.memory.DmaMemory;
import io.nvme4j.internal.memory.MemoryAccess;
import io.nvme4j.internal.wait.Nanos;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Objects;

/**
 * Memory that a controller reads and writes directly: allocated by {@link
 * io.nvme4j.Controller#allocate}, or the caller's own, registered with it. Its content is at {@link
 * #segment()}.
 *
 * <p>Any thread may use and close it. It can't be closed while a command that uses it is in flight;
 * after that, no command takes it, and an allocated buffer's segment can't be accessed. A buffer
 * that is never closed is freed with the process, not by the garbage collector: the controller may
 * still be writing to it.
 */
public final class DmaBuffer implements AutoCloseable {
    static {
        MemoryAccess.set(new Access());
    }

    private final DmaMemory memory;
    private final MappedMemory mapped;
    private final MemorySegment segment;
    private final MemoryKind kind;
    private final Backing backing;
    private final boolean readOnly;

    DmaBuffer(
            DmaMemory memory,
            MappedMemory mapped,
            MemorySegment segment,
            MemoryKind kind,
            Backing backing) {
        this.memory = memory;
        this.mapped = mapped;
        this.segment = segment;
        this.kind = kind;
        this.backing = backing;
        this.readOnly = segment.isReadOnly();
    }

    /**
     * {@return the memory itself, {@link #length()} bytes; of an allocated buffer, zero at first,
     * and not to be accessed after {@link #close()}: that throws {@link IllegalStateException}}
     */
    public MemorySegment segment() {
        return segment;
    }

    /** {@return how long the memory is, in bytes} */
    public long length() {
        return mapped.length();
    }

    /** {@return what the memory is made of} */
    public MemoryKind kind() {
        return kind;
    }

    /** {@return whether the buffer has not been closed} */
    public boolean isAlive() {
        return mapped.isAlive();
    }

    /** What the controller knows of the memory. */
    MappedMemory mapped() {
        return mapped;
    }

    /**
     * Checks that a command of the memory's controller may use a range of this buffer.
     *
     * @param user the memory that the command's queue works on
     * @throws IllegalStateException if the buffer is closed
     * @throws IndexOutOfBoundsException if the range is not inside the buffer
     * @throws IllegalArgumentException if the buffer is another controller's
     */
    void checkRange(DmaMemory user, long offset, long size) {
        if (!mapped.isAlive()) {
            throw new IllegalStateException("the buffer is closed");
        }
        if (user != memory) {
            throw new IllegalArgumentException("the buffer belongs to another controller");
        }
        Objects.checkFromIndexSize(offset, size, mapped.length());
    }

    /**
     * Checks that a command may write to the buffer.
     *
     * @throws IllegalArgumentException if its segment is read-only
     */
    void checkWritable() {
        if (readOnly) {
            throw new IllegalArgumentException(
                    "the buffer is read-only memory: a read can't go there");
        }
    }

    /**
     * Waits until no outstanding command uses the buffer. Those count whose callers no longer wait,
     * as they were told of a time-out or have cancelled their futures: until this returns true, the
     * controller may read and write the buffer for them. Threads that submit more commands
     * meanwhile may use it again at once.
     *
     * <p>Somebody has to process the completions, as an engine's reactor does; commands of a queue
     * pair of the caller's own thread don't complete in here. An interrupt doesn't end the wait;
     * the thread is still interrupted afterwards.
     *
     * @param limit how long to wait; zero only looks
     * @return whether no command uses the buffer; false if the time has passed
     * @throws IllegalStateException on a reactor that runs queue pairs of the controller's
     * @throws IllegalArgumentException if the limit is negative
     */
    public boolean awaitIdle(Duration limit) {
        return memory.closings().awaitIdle(mapped, Nanos.ofLimit(limit));
    }

    /**
     * Frees the memory, or ends its registration. Closing twice does nothing.
     *
     * @throws IllegalStateException if commands in flight use the buffer, or a native call is at
     *     work on its segment; the buffer is then still open
     */
    @Override
    public void close() {
        memory.close(this);
    }

    Backing backing() {
        return backing;
    }
}
