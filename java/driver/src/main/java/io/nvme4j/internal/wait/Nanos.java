// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.wait;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * A caller's durations in nanoseconds: {@link Long#MAX_VALUE}, 292 years, where they are longer.
 */
public final class Nanos {
    private Nanos() {}

    /**
     * How long to wait.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public static long ofLimit(Duration limit) {
        return of("time limit", Objects.requireNonNull(limit, "limit"));
    }

    /**
     * From which latency on something happens.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public static long ofLatency(Duration threshold) {
        return of("latency", Objects.requireNonNull(threshold, "threshold"));
    }

    private static long of(String what, Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("a " + what + " is 0 or more, not " + duration);
        }
        return TimeUnit.NANOSECONDS.convert(duration);
    }
}
