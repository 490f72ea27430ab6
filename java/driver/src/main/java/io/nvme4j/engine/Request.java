// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import io.nvme4j.CompletionHandler;
import io.nvme4j.memory.DmaBuffer;

import org.jspecify.annotations.Nullable;

/**
 * An event of a lane's ring. It belongs to one native submission record for good, in which the
 * publisher writes the command in place; the rest of the request is here.
 */
final class Request {
    /** Not to be made, nor told of. */
    static final int NOTHING = 0;

    /** The command in the record, with data in {@link #buffer} or without any. */
    static final int COMMAND = 1;

    /** A Dataset Management of the blocks {@link #offset} and {@link #length}. */
    static final int RANGE = 2;

    /** What {@link #special} says; the record is not used. */
    static final int SPECIAL = 3;

    /** Address of the submission record in the ring's native memory. */
    final long record;

    /** Whether the records of the next request follow at the beginning of the ring. */
    final boolean lastInRing;

    int kind; // NOTHING, COMMAND, ...

    /** Told of the completion; meaningless for {@link #NOTHING}. */
    CompletionHandler handler = Request::nobody;

    long tag;

    /** Null for what moves no data, or not from a buffer. */
    @Nullable DmaBuffer buffer;

    long offset;
    long length;

    /** When the caller is told that it took too long, by {@link System#nanoTime}; 0 for never. */
    long deadline;

    @Nullable Special special;

    Request(long record, boolean lastInRing) {
        this.record = record;
        this.lastInRing = lastInRing;
    }

    /** Who is told, and what is moved. A reference that is there already costs nothing. */
    @SuppressWarnings("ReferenceEquality") // to write less
    void put(CompletionHandler newHandler, @Nullable DmaBuffer newBuffer) {
        if (handler != newHandler) {
            handler = newHandler;
        }
        if (buffer != newBuffer) {
            buffer = newBuffer;
        }
    }

    /** Leaves it to be passed over: whoever waited for it has been told. */
    void end() {
        kind = NOTHING;
        special = null;
    }

    private static void nobody(long tag, int status, int result) {}
}
