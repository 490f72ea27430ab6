// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.cli.result.Latencies;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

class SweepTest {
    @Test
    void rangesAreDoubledThroughAndDepthChangesFastest() {
        SweepAxes axes = SweepAxes.parse("q=1..6 o=512,4k");
        List<String> points = axes.points().stream().map(Map::toString).toList();
        assertEquals(
                List.of(
                        "{o=512, q=1}",
                        "{o=512, q=2}",
                        "{o=512, q=4}",
                        "{o=512, q=6}",
                        "{o=4k, q=1}",
                        "{o=4k, q=2}",
                        "{o=4k, q=4}",
                        "{o=4k, q=6}"),
                points);
        assertEquals("iodepth", SweepAxes.option("q"));
        assertEquals("rate_iops", SweepAxes.option("rate_iops"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "q", "q=", "=1", "q=8..1", "q=0..4", "q=1..x", "q=1,,2"})
    void malformedAxesAreRefused(String text) {
        String message =
                String.valueOf(
                        assertThrows(IllegalArgumentException.class, () -> SweepAxes.parse(text))
                                .getMessage());
        assertTrue(message.startsWith("--sweep: "), message);
    }

    /** A device that takes 100 us, and 160,000 commands in a second: the knee is depth 16. */
    @Test
    void theKneeIsWhereTheLimitIsReached() {
        List<SweepPoint> points = new ArrayList<>();
        for (int depth = 1; depth <= 256; depth *= 2) {
            double iops = Math.min(depth / 100e-6, 160_000);
            Latencies latencies = new Latencies();
            latencies.record((long) (depth / iops * 1e9));
            points.add(
                    new SweepPoint(
                            Map.of("q", "" + depth), Map.of(), List.of(), iops, 0, latencies));
        }
        assertEquals("16", SweepPoint.knee(points).settings().get("q"));
    }
}
