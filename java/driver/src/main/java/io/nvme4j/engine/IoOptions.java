// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import io.nvme4j.internal.wait.Nanos;

import java.time.Duration;

/**
 * How an engine treats the commands of one interface to it. Immutable.
 *
 * @param timeoutNanos from publishing; then the handler is told of a time-out (ETIMEDOUT), though
 *     the command goes on and keeps its memory. 0 for the engine's own limit
 * @param roomNanos how long publishing waits while the ring is full. 0: not at all
 * @param forceUnitAccess whether reads and writes bypass the controller's volatile cache (FUA)
 */
public record IoOptions(long timeoutNanos, long roomNanos, boolean forceUnitAccess) {
    static final long FOREVER = Long.MAX_VALUE;

    /** The engine's own time limit, waiting for room as long as it takes, no FUA. */
    public static final IoOptions DEFAULT = new IoOptions(0, FOREVER, false);

    /** Checks that times are not negative. */
    public IoOptions {
        if (timeoutNanos < 0 || roomNanos < 0) {
            throw new IllegalArgumentException(
                    "time limits are 0 or more, not %d and %d nanoseconds"
                            .formatted(timeoutNanos, roomNanos));
        }
    }

    /**
     * {@return these options with a time limit for each command}
     *
     * @param limit from the publishing on, at least a nanosecond
     */
    public IoOptions timeout(Duration limit) {
        if (limit.isZero() || limit.isNegative()) {
            throw new IllegalArgumentException("a time limit is more than 0, not " + limit);
        }
        return new IoOptions(Nanos.ofLimit(limit), roomNanos, forceUnitAccess);
    }

    /**
     * {@return these options, waiting so long for room in the ring and no longer} Zero: not at all.
     *
     * @param limit 0 or more
     */
    public IoOptions waitForRoom(Duration limit) {
        return new IoOptions(timeoutNanos, Nanos.ofLimit(limit), forceUnitAccess);
    }

    /** The same, not waiting for room at all. */
    IoOptions withoutWaiting() {
        return new IoOptions(timeoutNanos, 0, forceUnitAccess);
    }

    /**
     * {@return these options with FUA, or without}
     *
     * @param force whether reads and writes bypass the controller's volatile cache
     */
    public IoOptions forceUnitAccess(boolean force) {
        return new IoOptions(timeoutNanos, roomNanos, force);
    }
}
