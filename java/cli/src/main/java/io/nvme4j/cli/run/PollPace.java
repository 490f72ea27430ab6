// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run;

/**
 * How long a fast device is left alone between two polls. Polling takes the completion queue's
 * cache lines away from whoever writes them. With many commands in flight nobody waits for the next
 * completion alone, and a poll that finds few of them came too early for the good of both. It is so
 * with devices that write completions from another processor, memory to memory; a drive is too slow
 * to be disturbed, and is polled without a pause.
 */
final class PollPace {
    private static final int MANY = 16;
    private static final int WORTHWHILE_FRACTION = 8;

    /** A device that takes longer than this for each command in flight isn't disturbed. */
    private static final long FAST_NANOS = 250;

    private static final long REST_PER_COMMAND_NANOS = 16;

    private int lastReaped;
    private long lastLatency = Long.MAX_VALUE;

    /** A poll has found so many commands completed. */
    void reaped(int count) {
        lastReaped = count;
    }

    /** Those that completed last took so long, in nanoseconds. */
    void latency(long nanos) {
        lastLatency = nanos;
    }

    /** Whether the last poll found a completion. */
    boolean hasReaped() {
        return lastReaped > 0;
    }

    /**
     * Nanoseconds until the next poll.
     *
     * @param inFlight commands that the last one was for
     */
    long rest(int inFlight) {
        return rest(inFlight, lastReaped, lastLatency);
    }

    /**
     * Nanoseconds from a poll to the next.
     *
     * @param inFlight commands that were polled for
     * @param reaped how many of them had completed
     * @param latency of those that completed last, nanoseconds
     */
    static long rest(int inFlight, int reaped, long latency) {
        boolean isTooEarly = inFlight >= MANY && reaped * WORTHWHILE_FRACTION < inFlight;
        return isTooEarly && latency < inFlight * FAST_NANOS
                ? inFlight * REST_PER_COMMAND_NANOS
                : 0;
    }
}
