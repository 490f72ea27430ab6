// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

/** What a reactor does when it looks in vain: how much processor a short wait is worth. */
public enum IdleStrategy {
    /** Spins all the time: the shortest latency, for a core of its own. */
    SPIN,

    /** Spins for a moment, then lets other threads run between looks. */
    YIELD,

    /**
     * Looks for a moment, then naps between looks while commands are in flight, and sleeps until
     * something is published when none are: next to no processor time in a quiet program.
     */
    SLEEP
}
