// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run;

import java.util.List;
import java.util.Set;

/**
 * When a thread that polls in vain gives its processor away, where the run's threads share
 * processors: one of the others may be what it waits for, or have something to do. One that has a
 * processor for itself keeps it, to see a completion at once. One thread's.
 */
final class PollTurns {
    /** Rounds in vain before the processor is given away: some microseconds. */
    static final int VAIN_ROUNDS = 32;

    private final Runnable giveAway;
    private int vain;

    @SuppressWarnings("ThreadPriorityCheck") // yielding is what helps
    PollTurns() {
        this(Thread::yield);
    }

    /**
     * @param giveAway gives the processor away
     */
    PollTurns(Runnable giveAway) {
        this.giveAway = giveAway;
    }

    /**
     * Whether some of the threads that run at one time have to share a processor.
     *
     * @param pinned the processor of each, or -1 where it has none of its own
     * @param processors how many there are
     */
    static boolean isCrowded(List<Integer> pinned, int processors) {
        List<Integer> own = pinned.stream().filter(processor -> processor >= 0).toList();
        return pinned.size() > processors || Set.copyOf(own).size() < own.size();
    }

    /**
     * A round is over.
     *
     * @param reaped whether something had completed
     */
    void after(boolean reaped) {
        if (reaped) {
            vain = 0;
        } else if (++vain > VAIN_ROUNDS) {
            giveAway.run();
        }
    }
}
