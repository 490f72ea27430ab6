// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.engine;

import io.nvme4j.CompletionHandler;
import io.nvme4j.memory.DmaBuffer;

import org.jspecify.annotations.Nullable;

/**
 * An event of a lane's ring. It belongs to one native submission record for good, in which the
 * publisher writes the command in place; the rest of the request is here.
 */
public final class Request {
    /** Not to be made, nor told of. */
    static final int NOTHING = 0;

    /** The command in the record, with data in {@link #buffer} or without any. */
    static final int COMMAND = 1;

    /** A Dataset Management of the blocks {@link #offset} and {@link #length}. */
    static final int RANGE = 2;

    /** What {@link #special} says; the record is not used. */
    static final int SPECIAL = 3;

    /** The ring that this is an event of, and which lane that is in front of. */
    public final LaneRing ring;

    /** Address of the submission record in the ring's native memory. */
    public final long record;

    /** Whether the records of the next request follow at the beginning of the ring. */
    final boolean lastInRing;

    /** Of this use of the event. */
    public long sequence;

    int kind; // NOTHING, COMMAND, ...

    /** Told of the completion; meaningless for {@link #NOTHING}. */
    CompletionHandler handler = Request::nobody;

    /** What the handler is told with. */
    public long tag;

    /** Null for what moves no data, or not from a buffer. */
    @Nullable DmaBuffer buffer;

    long offset;
    long length;

    /** When the caller is told that it took too long, by {@link System#nanoTime}; 0 for never. */
    public long deadline;

    @Nullable Special special;

    Request(LaneRing ring, long record, boolean lastInRing) {
        this.ring = ring;
        this.record = record;
        this.lastInRing = lastInRing;
    }

    /** The command in the record moves no data. */
    public Request withoutData() {
        return with(COMMAND, null, 0, 0);
    }

    /** The command in the record moves data from or to a buffer. */
    public Request with(DmaBuffer newBuffer, long newOffset, long newLength) {
        return with(COMMAND, newBuffer, newOffset, newLength);
    }

    /** The Dataset Management in the record is of these blocks. */
    public Request withRange(long startingLba, int blocks) {
        return with(RANGE, null, startingLba, blocks);
    }

    /** The record is not used. Who is told must be known. */
    public Request with(Special newSpecial) {
        special = newSpecial;
        handler = newSpecial.published(handler);
        return with(SPECIAL, null, 0, 0);
    }

    @SuppressWarnings("ReferenceEquality") // to write less: a reference that is there costs nothing
    private Request with(
            int newKind, @Nullable DmaBuffer newBuffer, long newOffset, long newLength) {
        kind = newKind;
        offset = newOffset;
        length = newLength;
        if (buffer != newBuffer) {
            buffer = newBuffer;
        }
        return this;
    }

    /** Who is told. */
    @SuppressWarnings("ReferenceEquality") // as above
    public Request tells(CompletionHandler newHandler) {
        if (handler != newHandler) {
            handler = newHandler;
        }
        return this;
    }

    /** Leaves it to be passed over: whoever waited for it has been told. */
    void end() {
        kind = NOTHING;
        special = null;
    }

    private static void nobody(long tag, int status, int result) {}
}
