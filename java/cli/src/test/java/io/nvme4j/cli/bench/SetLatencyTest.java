// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.cli.Cli;

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
        double[] at = percentiles(ID, depth);
        assertTrue(at[0] >= SET, "1 %: " + at[0]);
        assertTrue(at[1] < SLOW / 10, "50 %: " + at[1]);
        assertTrue(at[2] < SLOW, "90 %: " + at[2]);
        assertTrue(at[3] >= SLOW, "99.8 %: " + at[3]);
    }

    /** Their time counts from when the queue pair submits them, not from when it is told so. */
    @ParameterizedTest
    @ValueSource(ints = {1, 32})
    void commandsOnStandbyAreNoFasterThanTheDevice(int depth) {
        double[] at = percentiles(ID + " mode:threaded", depth);
        assertTrue(at[0] >= SET, "1 %: " + at[0]);
        assertTrue(at[3] >= SLOW, "99.8 %: " + at[3]);
    }

    /** Of 1, 50, 90 and 99.8 percent. */
    private static double[] percentiles(String id, int depth) {
        Map<String, Object> document =
                Cli.run(
                                "bench",
                                "-r",
                                id,
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
        double mean = Cli.numberAt(document, "jobs.0.read.clat_ns.mean");
        assertTrue(mean >= 0.99 * SET, "mean: " + mean);
        Map<?, ?> percentiles = (Map<?, ?>) Cli.at(document, "jobs.0.read.clat_ns.percentile");
        assertEquals(4, percentiles.size());
        return percentiles.values().stream()
                .mapToDouble(value -> ((Number) value).doubleValue())
                .toArray();
    }
}
