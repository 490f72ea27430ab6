// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.cli.job.SteadyStateGoal;

import org.junit.jupiter.api.Test;

import java.util.concurrent.TimeUnit;

class SteadyStateTest {
    @Test
    void theWindowHasAsManySamplesAsIntervals() {
        SteadyStateGoal goal =
                new SteadyStateGoal(
                        SteadyStateGoal.Measure.IOPS,
                        false,
                        5,
                        true,
                        TimeUnit.SECONDS.toNanos(300),
                        0,
                        TimeUnit.SECONDS.toNanos(10));
        SteadyState state = new SteadyState(goal);
        for (int sample = 1; sample < 30; sample++) {
            assertFalse(state.add(1000, 1000, 4_096_000), "the window is not full");
        }
        assertTrue(state.add(1000, 1000, 4_096_000));
    }
}
