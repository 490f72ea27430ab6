// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.wait;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

import java.time.Duration;

class NanosTest {
    @Test
    void aDurationThatIsTooLongIsAsLongAsCanBe() {
        assertEquals(0, Nanos.ofLimit(Duration.ZERO));
        assertEquals(1_000_000_001, Nanos.ofLatency(Duration.ofSeconds(1, 1)));
        assertEquals(Long.MAX_VALUE, Nanos.ofLimit(Duration.ofDays(106_752)));
        assertEquals(Long.MAX_VALUE, Nanos.ofLimit(Duration.ofSeconds(Long.MAX_VALUE)));
    }

    @Test
    void aNegativeDurationIsRefusedByWhatItIs() {
        Duration negative = Duration.ofNanos(-1);
        IllegalArgumentException limit =
                assertThrows(IllegalArgumentException.class, () -> Nanos.ofLimit(negative));
        assertEquals("a time limit is 0 or more, not PT-0.000000001S", limit.getMessage());
        IllegalArgumentException latency =
                assertThrows(IllegalArgumentException.class, () -> Nanos.ofLatency(negative));
        assertEquals("a latency is 0 or more, not PT-0.000000001S", latency.getMessage());
    }
}
