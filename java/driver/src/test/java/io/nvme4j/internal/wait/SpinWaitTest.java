// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.wait;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.concurrent.atomic.AtomicInteger;

class SpinWaitTest {
    @Test
    void aWaitGivesItsProcessorAwayBeforeEveryLookAfterTheFirstFew() {
        AtomicInteger yields = new AtomicInteger();
        SpinWait wait = new SpinWait(yields::incrementAndGet);
        for (int look = 0; look < SpinWait.SPINS; look++) {
            wait.pause();
        }
        assertEquals(0, yields.get(), "the other is mostly about to go on");
        for (int look = 0; look < 1000; look++) {
            wait.pause();
        }
        assertEquals(1000, yields.get());
    }
}
