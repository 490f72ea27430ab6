// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import io.nvme4j.internal.memory.DmaMemory;
import io.nvme4j.spec.ErrorLogEntry;
import io.nvme4j.spec.LogPageIdentifier;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a controller tells of itself beyond the structures that {@link Controller} has methods for.
 *
 * <p>Thread-safe. Each call waits, as a controller's admin commands are carried out one at a time;
 * one that takes more than 30 seconds fails, and the controller with it. A status of the
 * controller's that is no success is a {@link io.nvme4j.error.CommandException}.
 */
public final class Admin {
    /** Bytes of a piece of a log page: every controller moves that many in one command. */
    private static final int PIECE = 4096;

    private static final int MAXIMUM_ERRORS = 256;

    private final AdminQueue queue;
    private final DmaMemory memory;

    Admin(AdminQueue queue, DmaMemory memory) {
        this.queue = queue;
        this.memory = memory;
    }

    /**
     * Asks for a data structure of the controller's (Base Specification, "Identify command").
     *
     * @param cns Controller or Namespace Structure (CNS), 0 to 255; {@link
     *     io.nvme4j.spec.IdentifyCns} names the common ones
     * @return its 4096 bytes, a copy
     * @throws IllegalStateException if the controller is closed
     */
    public MemorySegment identify(int cns) {
        return queue.identify(0, checkCns(cns));
    }

    /**
     * Asks for a data structure of a namespace's, or a list of what comes after it.
     *
     * @param cns as in {@link #identify(int)}
     * @return its 4096 bytes, a copy
     * @throws IllegalArgumentException if the namespace is another controller's
     * @throws IllegalStateException if the controller is closed
     */
    public MemorySegment identify(int cns, Namespace namespace) {
        namespace.checkMemory(memory);
        return queue.identify(namespace.id(), checkCns(cns));
    }

    private static int checkCns(int cns) {
        if (cns < 0 || cns > 0xFF) {
            throw new IllegalArgumentException("a CNS is 0 to 255, not " + cns);
        }
        return cns;
    }

    /**
     * Reads a log page. A long one is read piece by piece, and may change meanwhile: where that
     * matters, the page has a number that tells.
     *
     * @param page which, and where to begin
     * @param length bytes, a multiple of 4, at least 4
     * @return a copy
     * @throws IllegalArgumentException if there is no such length, or the namespace is another
     *     controller's
     * @throws IllegalStateException if the controller is closed
     */
    public MemorySegment logPage(GetLogPage page, int length) {
        Namespace namespace = page.namespace();
        if (namespace != null) {
            namespace.checkMemory(memory);
        }
        if (length < Integer.BYTES || length % Integer.BYTES != 0) {
            throw new IllegalArgumentException(
                    "a part of a log page has a multiple of 4 bytes, not " + length);
        }
        MemorySegment whole = MemorySegment.ofArray(new byte[length]);
        for (long at = 0; at < length; at += PIECE) {
            int size = (int) Math.min(PIECE, length - at);
            MemorySegment piece = queue.logPage(page, at, size);
            MemorySegment.copy(piece, 0, whole, at, size);
        }
        return whole;
    }

    /**
     * Reads the Error Information log page.
     *
     * @param limit most entries to read, 1 to 256
     * @return the entries that are used, the newest first
     * @throws IllegalArgumentException if the limit is out of range
     * @throws IllegalStateException if the controller is closed
     */
    public List<ErrorLogEntry> errorLog(int limit) {
        if (limit < 1 || limit > MAXIMUM_ERRORS) {
            throw new IllegalArgumentException(
                    "an error log has 1 to " + MAXIMUM_ERRORS + " entries, not " + limit);
        }
        MemorySegment log =
                logPage(
                        new GetLogPage(LogPageIdentifier.ERROR_INFORMATION),
                        limit * ErrorLogEntry.BYTES);
        return IntStream.range(0, limit)
                .mapToObj(index -> entry(log, index))
                .filter(ErrorLogEntry::isUsed)
                .toList();
    }

    private static ErrorLogEntry entry(MemorySegment log, int index) {
        long at = (long) index * ErrorLogEntry.BYTES;
        return ErrorLogEntry.of(log.asSlice(at, ErrorLogEntry.BYTES));
    }
}
