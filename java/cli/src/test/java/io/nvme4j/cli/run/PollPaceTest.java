// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class PollPaceTest {
    /** 4 million commands a second is more than a drive does. */
    @Property
    void aDriveIsPolledWithoutAPause(
            @ForAll @IntRange(min = 1, max = 4096) int inFlight,
            @ForAll @IntRange(max = 4096) int reaped,
            @ForAll @LongRange(max = 1_000_000_000) long extra) {
        assertEquals(0, PollPace.rest(inFlight, reaped, inFlight * 250L + extra));
    }

    @Property
    void soAreFewCommandsAndWhatYields(
            @ForAll @IntRange(min = 1, max = 4096) int inFlight,
            @ForAll @LongRange(min = 0) long latency) {
        assertEquals(0, PollPace.rest(inFlight, (inFlight + 7) / 8, latency));
        assertEquals(0, PollPace.rest(Math.min(inFlight, 15), 0, latency));
    }

    /** A rest is shorter than what the device takes for an eighth of the commands. */
    @Property
    void aFastDeviceIsLeftAloneForAWhile(
            @ForAll @IntRange(min = 16, max = 4096) int inFlight,
            @ForAll @IntRange(max = 1) int reaped) {
        long rest = PollPace.rest(inFlight, reaped, inFlight * 125L);
        assertTrue(rest > 0 && rest <= inFlight * 125L / 7, "" + rest);
    }
}
