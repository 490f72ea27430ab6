// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

/** Waits for what tests have in flight. */
final class Completions {
    private Completions() {}

    /**
     * Processes until nothing is in flight. Returns 0, or the bits of all statuses that are not.
     */
    static int drain(QueuePair queue) {
        int[] statuses = {0};
        while (queue.inFlight() > 0) {
            queue.process((tag, status, result) -> statuses[0] |= status);
        }
        return statuses[0];
    }
}
