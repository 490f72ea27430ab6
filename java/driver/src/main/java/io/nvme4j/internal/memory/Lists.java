// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.memory;

import io.nvme4j.internal.map.Gather;
import io.nvme4j.memory.CopyPolicy;
import io.nvme4j.memory.ScatterGatherList;

import java.lang.foreign.MemorySegment;

/** What the driver knows of lists of memory, beside what callers do. */
public final class Lists {
    private static final MemoryAccess ACCESS = MemoryAccess.get();

    private Lists() {}

    /** Makes an empty list for transfers of the controller whose memory this is. */
    public static ScatterGatherList list(DmaMemory memory, CopyPolicy policy) {
        return ACCESS.list(memory, policy);
    }

    /** What the controller reaches of a list: all, unless it needs a copy. */
    public static Gather gather(ScatterGatherList list) {
        return ACCESS.gather(list);
    }

    /** A transfer that uses the list begins; see {@link ListUse}. */
    static void begin(ScatterGatherList list) {
        ACCESS.begin(list);
    }

    /** It has ended. */
    static void end(ScatterGatherList list) {
        ACCESS.end(list);
    }

    /** Checks that the list is the controller's whose memory this is. */
    public static void checkMemory(ScatterGatherList list, DmaMemory user) {
        ACCESS.checkMemory(list, user);
    }

    /**
     * Checks that a command may read to the memory.
     *
     * @throws IllegalArgumentException if some of it is read-only, or in the list twice
     */
    public static void checkReadTarget(ScatterGatherList list) {
        ACCESS.checkReadTarget(list);
    }

    /**
     * Checks that a command may write from the memory.
     *
     * @throws IllegalArgumentException if some bytes are to be skipped
     */
    public static void checkWriteSource(ScatterGatherList list) {
        ACCESS.checkWriteSource(list);
    }

    /**
     * Checks that transfers of memory that the controller can't use where it is may be copied.
     *
     * @throws IllegalArgumentException if the list was made so that they are refused
     */
    public static void checkCopyAllowed(ScatterGatherList list) {
        ACCESS.checkCopyAllowed(list);
    }

    /**
     * Checks that a thread can copy from and to the memory.
     *
     * @throws WrongThreadException if some of it is of another thread's confined arena
     */
    public static void checkAccessibleBy(ScatterGatherList list, Thread thread) {
        ACCESS.checkAccessibleBy(list, thread);
    }

    /**
     * Fails where memory of the list can no longer be used.
     *
     * @throws IllegalStateException if some was freed
     */
    public static void checkAlive(ScatterGatherList list) {
        ACCESS.checkAlive(list);
    }

    /**
     * Copies a part of the data to one place.
     *
     * @param from offset into the data
     * @throws IllegalStateException if an arena is closed
     * @throws IndexOutOfBoundsException if either range is not inside
     */
    public static void copyTo(
            ScatterGatherList list, long from, MemorySegment target, long at, long bytes) {
        ACCESS.copyTo(list, from, target, at, bytes);
    }

    /** Copies from one place to a part of the data; as {@link #copyTo}. */
    public static void copyFrom(
            ScatterGatherList list, MemorySegment source, long at, long to, long bytes) {
        ACCESS.copyFrom(list, source, at, to, bytes);
    }
}
