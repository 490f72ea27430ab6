// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.memory;

import io.nvme4j.shim.MemoryKind;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Memory that a controller reads and writes directly. Its content is at {@link #segment()}.
 *
 * <p>Any thread may use and close it. It can't be closed while a command that uses it is in flight;
 * after that, its segment can't be accessed and no command takes it. A buffer that is never closed
 * is freed with the process, not by the garbage collector: the controller may still be writing to
 * it.
 */
public final class DmaBuffer implements AutoCloseable {
    private final DmaMemory memory;
    private final long address;
    private final long length;
    private final long[] pageIovas;
    private final MemoryKind kind;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment segment;

    private volatile boolean alive = true;

    DmaBuffer(DmaMemory memory, long address, long length, long[] pageIovas, MemoryKind kind) {
        this.memory = memory;
        this.address = address;
        this.length = length;
        this.pageIovas = pageIovas;
        this.kind = kind;
        this.segment = MemorySegment.ofAddress(address).reinterpret(length, arena, null);
    }

    /**
     * The memory itself, {@link #length()} bytes, zero at first. Accessing it after {@link
     * #close()} throws {@link IllegalStateException}.
     */
    public MemorySegment segment() {
        return segment;
    }

    /** Length in bytes. */
    public long length() {
        return length;
    }

    /** What the memory is made of. */
    public MemoryKind kind() {
        return kind;
    }

    /** Whether the buffer has not been closed. */
    public boolean isAlive() {
        return alive;
    }

    /**
     * Checks that a command of the memory's controller may use a range of this buffer.
     *
     * @param user the memory that the command's queue works on
     * @throws IllegalStateException if the buffer is closed
     * @throws IndexOutOfBoundsException if the range is not inside the buffer
     * @throws IllegalArgumentException if the buffer is another controller's
     */
    public void checkRange(DmaMemory user, long offset, long size) {
        if (!alive) {
            throw new IllegalStateException("the buffer is closed");
        }
        if (user != memory) {
            throw new IllegalArgumentException("the buffer was allocated by another controller");
        }
        Objects.checkFromIndexSize(offset, size, length);
    }

    /**
     * Frees the memory. Closing twice does nothing.
     *
     * @throws IllegalStateException if commands in flight use the buffer, or a native call is at
     *     work on its segment; the buffer is then still open
     */
    @Override
    public void close() {
        synchronized (memory) {
            if (alive) {
                memory.close(this);
            }
        }
    }

    /** Virtual address of the first byte; a multiple of the page size. */
    long address() {
        return address;
    }

    /** IOVA of the page with this index. Only where the transport takes data pointers. */
    long pageIova(int page) {
        return pageIovas[page];
    }

    /** Ends access by Java, and by commands yet to come. */
    void kill() {
        arena.close();
        alive = false;
    }
}
