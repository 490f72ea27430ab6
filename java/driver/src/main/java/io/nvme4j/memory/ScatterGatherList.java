// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.memory;

import io.nvme4j.internal.map.Gather;
import io.nvme4j.internal.memory.Buffers;
import io.nvme4j.internal.memory.DmaMemory;
import io.nvme4j.internal.memory.ListUse;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The memory of one transfer: ranges of any kind, in the order of the data. What the controller
 * reaches ({@link DmaBuffer}s, and segments that lie in one) is used where it is; a transfer with
 * any other memory is copied, or refused where the list was made so.
 *
 * <p>Reusable: once it has been as long, it allocates nothing. While a transfer that uses it is in
 * flight, it can't be changed. One thread at a time; what changes it, or begins a transfer, while
 * another thread is changing it fails with {@link IllegalStateException}.
 */
public final class ScatterGatherList {
    private static final int INITIAL = 8;

    /** In place of the number of transfers: a thread is changing the list. */
    private static final int CHANGING = -1;

    private final DmaMemory memory;
    private final CopyPolicy policy;

    private final Gather gather = new Gather();
    private @Nullable MemorySegment[] segments = new MemorySegment[INITIAL];
    private long[] offsets = new long[INITIAL];
    private long[] lengths = new long[INITIAL];
    private int size;
    private long length;
    private boolean needsCopy;
    private boolean isReadOnly;
    private boolean overlaps;
    private long lowest;
    private long highest;

    /* Transfers, counted by who publishes them and by the thread whose queue they are in. */
    private final AtomicInteger users = new AtomicInteger();

    /**
     * @param memory of the controller that will use the list
     */
    ScatterGatherList(DmaMemory memory, CopyPolicy policy) {
        this.memory = Objects.requireNonNull(memory, "memory");
        this.policy = Objects.requireNonNull(policy, "policy");
    }

    /**
     * Appends a range of a buffer.
     *
     * @param buffer of the controller that the list was made for
     * @param offset of the range in the buffer, in bytes
     * @param length bytes, 1 or more
     * @return this
     * @throws IllegalStateException if the buffer is closed, or the list in flight
     * @throws IndexOutOfBoundsException if the range is not inside the buffer
     * @throws IllegalArgumentException if the buffer is another controller's
     */
    public ScatterGatherList add(DmaBuffer buffer, long offset, long length) {
        beginChange();
        try {
            checkLength(length);
            Buffers.checkRange(buffer, memory, offset, length);
            reserve(buffer.segment(), offset, length);
            gather.add(Buffers.mapped(buffer), offset, length);
            append(buffer.segment(), offset, length);
        } finally {
            endChange();
        }
        return this;
    }

    /**
     * Appends a segment: of the heap or native, of a buffer or of anybody.
     *
     * @param segment that stays alive until the last transfer of the list has ended; 1 byte or more
     * @return this
     * @throws IllegalArgumentException if it is empty, or the controller doesn't reach it and the
     *     list allows no copies
     * @throws IllegalStateException if its arena is closed, or the list in flight
     */
    public ScatterGatherList add(MemorySegment segment) {
        beginChange();
        try {
            checkLength(segment.byteSize());
            if (!segment.scope().isAlive()) {
                throw new IllegalStateException("the segment's arena is closed");
            }
            addChecked(segment, reached(segment));
        } finally {
            endChange();
        }
        return this;
    }

    /** The buffer that the segment lies in, where the controller reaches it. */
    private @Nullable DmaBuffer reached(MemorySegment segment) {
        DmaBuffer buffer =
                segment.isNative() ? memory.find(segment.address(), segment.byteSize()) : null;
        return buffer != null && buffer.isAlive() ? buffer : null;
    }

    private void addChecked(MemorySegment segment, @Nullable DmaBuffer buffer) {
        long bytes = segment.byteSize();
        if (buffer == null) {
            refuseCopy(segment);
            reserve(segment, 0, bytes);
            needsCopy = true;
        } else {
            reserve(segment, 0, bytes);
            gather.add(
                    Buffers.mapped(buffer), segment.address() - buffer.segment().address(), bytes);
        }
        append(segment, 0, bytes);
    }

    /**
     * Appends what remains of a byte buffer, whose position stays as it is.
     *
     * @param buffer whose bytes from its position to its limit are appended; 1 byte or more
     * @return this
     */
    public ScatterGatherList add(ByteBuffer buffer) {
        return add(MemorySegment.ofBuffer(buffer));
    }

    /**
     * Appends bytes that a read throws away: by a Bit Bucket descriptor where the controller takes
     * one, else into memory of the library's.
     *
     * @param length bytes, 1 or more
     * @return this
     */
    public ScatterGatherList skip(long length) {
        beginChange();
        try {
            checkLength(length);
            reserve(null, 0, length);
            gather.addBitBucket(length);
            append(null, 0, length);
        } finally {
            endChange();
        }
        return this;
    }

    /** One thread changes the list, and no transfer uses it: a torn range is another's memory. */
    private void beginChange() {
        if (!users.compareAndSet(0, CHANGING)) {
            throw new IllegalStateException(
                    users.get() == CHANGING
                            ? "another thread is changing the list"
                            : "a transfer that uses the list is in flight");
        }
    }

    private void endChange() {
        users.setRelease(0);
    }

    private void checkLength(long length) {
        if (length < 1) {
            throw new IllegalArgumentException("a range has 1 byte or more, not " + length);
        }
        if (length > Long.MAX_VALUE - this.length) {
            throw new IllegalArgumentException(
                    "the list has " + this.length + " bytes and can't take " + length + " more");
        }
    }

    private void refuseCopy(MemorySegment segment) {
        if (policy == CopyPolicy.REFUSE) {
            throw new IllegalArgumentException(
                    "the controller doesn't reach "
                            + (segment.isNative()
                                    ? "native memory that isn't registered: register it with"
                                            + " Controller.register, or use Controller.allocate"
                                    : "heap memory: use Controller.allocate, or native memory that"
                                            + " is registered with Controller.register")
                            + ", or make a list that allows copies");
        }
    }

    /** All that can fail: a range is in both lists afterwards, or in none. */
    private void reserve(@Nullable MemorySegment segment, long offset, long bytes) {
        if (size == lengths.length) { // which grow last, so that a failure is tried again
            segments = Arrays.copyOf(segments, 2 * size);
            offsets = Arrays.copyOf(offsets, 2 * size);
            lengths = Arrays.copyOf(lengths, 2 * size);
        }
        if (segment != null) {
            overlaps = overlaps || overlaps(segment, offset, bytes);
        }
    }

    private void append(@Nullable MemorySegment segment, long offset, long bytes) {
        if (segment != null) {
            isReadOnly |= segment.isReadOnly();
        }
        segments[size] = segment;
        offsets[size] = offset;
        lengths[size] = bytes;
        size++;
        length += bytes;
    }

    /** Whether a range shares bytes with one that is in the list already. */
    private boolean overlaps(MemorySegment segment, long offset, long bytes) {
        if (segment.isNative()) {
            // Lists mostly go up through memory, or down; then no range has to be looked at.
            long begin = segment.address() + offset;
            boolean isOutside = size == 0 || begin >= highest || begin + bytes <= lowest;
            lowest = size == 0 ? begin : Math.min(lowest, begin);
            highest = size == 0 ? begin + bytes : Math.max(highest, begin + bytes);
            if (isOutside) {
                return false;
            }
        }
        MemorySegment range = segment.asSlice(offset, bytes);
        for (int i = 0; i < size; i++) {
            MemorySegment other = segments[i];
            if (other != null
                    && other.asSlice(offsets[i], lengths[i])
                            .asOverlappingSlice(range)
                            .isPresent()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Removes all ranges.
     *
     * @return this
     * @throws IllegalStateException if a transfer that uses the list is in flight
     */
    public ScatterGatherList clear() {
        beginChange();
        Arrays.fill(segments, 0, size, null);
        gather.clear();
        size = 0;
        length = 0;
        needsCopy = false;
        isReadOnly = false;
        overlaps = false;
        endChange();
        return this;
    }

    /** {@return the bytes of all ranges, those that reads skip included} */
    public long length() {
        return length;
    }

    /** {@return whether the controller doesn't reach all of the memory, so that data are copied} */
    public boolean needsCopy() {
        return needsCopy;
    }

    /** What the controller reaches of it: all, unless {@link #needsCopy()}. */
    Gather gather() {
        return gather;
    }

    /** {@return whether transfers may be copied} */
    public CopyPolicy policy() {
        return policy;
    }

    /**
     * Checks that a command may read to the memory.
     *
     * @throws IllegalArgumentException if some of it is read-only, or in the list twice
     */
    void checkReadTarget() {
        if (isReadOnly) {
            throw new IllegalArgumentException(
                    "some of the memory is read-only: a read can't go there");
        }
        if (overlaps) {
            throw new IllegalArgumentException(
                    "some of the memory is in the list twice: what a read leaves there would be"
                            + " left to chance");
        }
    }

    /**
     * Checks that a command may write from the memory.
     *
     * @throws IllegalArgumentException if some bytes are to be skipped
     */
    void checkWriteSource() {
        if (gather.skips()) {
            throw new IllegalArgumentException("only reads can skip bytes");
        }
    }

    /**
     * Checks that transfers of memory that the controller can't use where it is may be copied.
     *
     * @throws IllegalArgumentException if the list was made so that they are refused
     */
    void checkCopyAllowed() {
        if (policy == CopyPolicy.REFUSE) {
            throw new IllegalArgumentException(
                    "the controller can't use the memory where it is: a block's data begin or end"
                            + " where its PRPs, SGLs or fragments can't; align ranges to pages and"
                            + " blocks, or make a list that allows copies");
        }
    }

    /**
     * Checks that a thread can copy from and to the memory.
     *
     * @throws WrongThreadException if some of it is of another thread's confined arena
     */
    void checkAccessibleBy(Thread thread) {
        Objects.requireNonNull(thread, "thread");
        for (int i = 0; i < size; i++) {
            MemorySegment segment = segments[i];
            if (segment != null && !segment.isAccessibleBy(thread)) {
                throw new WrongThreadException(
                        "some of the memory is of a confined arena, and the reactor can't copy from"
                                + " or to it: use a shared one, an automatic one, or the heap");
            }
        }
    }

    /** Checks that the list is the controller's whose memory this is. */
    void checkMemory(DmaMemory user) {
        if (user != memory) {
            throw new IllegalArgumentException("the list was made for another controller");
        }
    }

    /** See {@link ListUse}. */
    void begin() {
        int count = users.get();
        while (count == CHANGING || !users.compareAndSet(count, count + 1)) {
            if (count == CHANGING) {
                throw new IllegalStateException("another thread is changing the list");
            }
            count = users.get();
        }
    }

    void end() {
        int left = users.decrementAndGet();
        assert left >= 0;
    }

    /**
     * Copies a part of the data to one place.
     *
     * @param from offset into the data
     * @throws IllegalStateException if an arena is closed
     * @throws IndexOutOfBoundsException if either range is not inside
     */
    void copyTo(long from, MemorySegment target, long targetOffset, long bytes) {
        Objects.requireNonNull(target, "target");
        copy(from, target, targetOffset, bytes, false);
    }

    /** Copies from one place to a part of the data; as {@link #copyTo}. */
    void copyFrom(MemorySegment source, long sourceOffset, long to, long bytes) {
        Objects.requireNonNull(source, "source");
        copy(to, source, sourceOffset, bytes, true);
    }

    private void copy(long from, MemorySegment place, long at, long bytes, boolean isToList) {
        Objects.checkFromIndexSize(from, bytes, length);
        long skip = from;
        int i = 0;
        while (i < size && skip >= lengths[i]) {
            skip -= lengths[i++];
        }
        for (long done = 0; done < bytes; i++) {
            long piece = Math.min(lengths[i] - skip, bytes - done);
            MemorySegment segment = segments[i];
            if (segment != null) {
                long inSegment = offsets[i] + skip;
                if (isToList) {
                    MemorySegment.copy(place, at + done, segment, inSegment, piece);
                } else {
                    MemorySegment.copy(segment, inSegment, place, at + done, piece);
                }
            }
            done += piece;
            skip = 0;
        }
    }

    /** Fails where memory of the list can no longer be used. */
    void checkAlive() {
        for (int i = 0; i < size; i++) {
            MemorySegment segment = segments[i];
            if (segment != null && !segment.scope().isAlive()) {
                throw new IllegalStateException(
                        "memory of the list was freed: " + Objects.toIdentityString(segment));
            }
        }
        if (!needsCopy && !gather.isAlive()) {
            throw new IllegalStateException("a buffer of the list is closed");
        }
    }
}
