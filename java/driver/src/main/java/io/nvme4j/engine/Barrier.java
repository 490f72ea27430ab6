// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where the lanes of an engine meet: each arrives when all that was published to it before has
 * completed, and the last to arrive sends the Flush.
 */
final class Barrier {
    private final AtomicInteger left;

    Barrier(int lanes) {
        left = new AtomicInteger(lanes);
    }

    /** Returns whether this was the last lane. */
    boolean arrive() {
        return left.decrementAndGet() == 0;
    }
}
