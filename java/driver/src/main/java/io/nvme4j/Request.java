// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import io.nvme4j.memory.DmaBuffer;

import org.jspecify.annotations.Nullable;

/**
 * An event of the engine's ring. It belongs to one native submission record for good, in which the
 * publisher writes the command in place; the rest of the request is here.
 */
final class Request {
    /** Offset of the submission record in the ring's native memory. */
    final long record;

    /** Whether the records of the next request follow at the beginning of the ring. */
    final boolean lastInRing;

    /** Told of the completion; null for a request that was claimed but is not to be made. */
    @Nullable CompletionHandler handler;

    long tag;

    /** The data; null for a command that moves none. */
    @Nullable DmaBuffer buffer;

    long offset;
    long length;

    Request(long record, boolean lastInRing) {
        this.record = record;
        this.lastInRing = lastInRing;
    }
}
