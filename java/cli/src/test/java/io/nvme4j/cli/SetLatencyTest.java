// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Map;

/** A device that takes 100 us, and 10 ms for a percent of the commands. */
class SetLatencyTest {
    private static final String ID =
            "trtype:EMBEDDED size:16M latency:100us slow:1% slow_latency:10ms";

    private static final double SET = 100e3;
    private static final double SLOW = 10e6;

    /**
     * Not even a busy machine makes a device faster, or most of its commands a hundred times
     * slower.
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 32})
    void percentilesComeOutAsSet(int depth) {
        Map<String, Object> document =
                Cli.run(
                                "bench",
                                "-r",
                                ID,
                                "-q",
                                Integer.toString(depth),
                                "-t",
                                "2",
                                "-a",
                                "0",
                                "--set",
                                "percentile_list=1:50:90:99.8",
                                "--output-format=json")
                        .assertOk()
                        .json();
        Map<?, ?> percentiles = (Map<?, ?>) Cli.at(document, "jobs.0.read.clat_ns.percentile");
        assertEquals(4, percentiles.size());
        double[] at = new double[4];
        int i = 0;
        for (Object value : percentiles.values()) {
            at[i++] = ((Number) value).doubleValue();
        }
        assertTrue(at[0] >= SET, "1 %: " + at[0]);
        assertTrue(at[1] < SLOW / 10, "50 %: " + at[1]);
        assertTrue(at[2] < SLOW, "90 %: " + at[2]);
        assertTrue(at[3] >= SLOW, "99.8 %: " + at[3]);
        double mean = Cli.numberAt(document, "jobs.0.read.clat_ns.mean");
        assertTrue(mean >= 0.99 * SET, "mean: " + mean);
    }
}
