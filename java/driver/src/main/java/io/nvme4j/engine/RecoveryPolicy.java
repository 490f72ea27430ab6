// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

/**
 * What an engine does when a queue pair has failed, as its target is gone or its controller was
 * reset. Commands that were in flight have failed in any case; those published meanwhile wait.
 *
 * <p>An engine does not recover where a namespace is gone or has other blocks than when the engine
 * was started: all commands fail with {@link io.nvme4j.error.Errno#ESTALE}, instead of being sent
 * with the old ones. Another engine can be started then.
 *
 * @param attempts to connect anew; after the last, commands fail at once. 0: none
 * @param delayMillis between attempts, in milliseconds
 */
public record RecoveryPolicy(int attempts, long delayMillis) {
    /** No attempt: whatever is published after a failure fails with ENXIO. */
    public static final RecoveryPolicy NONE = new RecoveryPolicy(0, 0);

    /** Ten attempts, half a second apart. */
    public static final RecoveryPolicy RECONNECT = new RecoveryPolicy(10, 500);

    /** Checks that neither is negative. */
    public RecoveryPolicy {
        if (attempts < 0 || delayMillis < 0) {
            throw new IllegalArgumentException(
                    "attempts and delays are 0 or more, not %d and %d ms"
                            .formatted(attempts, delayMillis));
        }
    }
}
