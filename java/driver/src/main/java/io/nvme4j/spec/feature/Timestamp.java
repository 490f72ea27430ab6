// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec.feature;

import java.lang.foreign.MemorySegment;
import java.time.Instant;

/**
 * The time by a controller's clock ("Timestamp").
 *
 * @param milliseconds since the beginning of 1970, or since a reset where it {@link #wasSet was not
 *     set}; 0 to 2^48 - 1
 * @param mayHaveStopped whether the clock may have stood still meanwhile
 * @param wasSet whether a host has set it since the last reset
 */
public record Timestamp(long milliseconds, boolean mayHaveStopped, boolean wasSet) {
    static final int BYTES = 8;

    private static final int COUNTER_BYTES = 6;
    private static final long MOST = (1L << COUNTER_BYTES * Byte.SIZE) - 1;

    /* Of byte 6, Synch, and Timestamp Origin above it, which has 3 bits. */
    private static final int SYNCH = 1;
    private static final int ORIGIN = 7 << 1;

    /** Checks that 48 bits can have the milliseconds. */
    public Timestamp {
        if (milliseconds < 0 || milliseconds > MOST) {
            throw new IllegalArgumentException(
                    "a timestamp has 0 to " + MOST + " milliseconds, not " + milliseconds);
        }
    }

    /**
     * {@return a time to set a controller's clock to}
     *
     * @param time 1970 or later
     */
    public static Timestamp of(Instant time) {
        return new Timestamp(time.toEpochMilli(), false, true);
    }

    /** {@return the time, where the clock {@link #wasSet was set}} */
    public Instant time() {
        return Instant.ofEpochMilli(milliseconds);
    }

    static Timestamp of(MemorySegment data) {
        long value = Bytes.get(data, 0, BYTES);
        int attributes = (int) (value >>> COUNTER_BYTES * Byte.SIZE);
        return new Timestamp(value & MOST, (attributes & SYNCH) != 0, (attributes & ORIGIN) != 0);
    }

    /** What a host sets: the attributes are the controller's. */
    MemorySegment data() {
        return Bytes.of(BYTES, milliseconds);
    }
}
