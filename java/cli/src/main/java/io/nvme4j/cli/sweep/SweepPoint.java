// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.sweep;

import io.nvme4j.cli.job.workload.Direction;
import io.nvme4j.cli.result.Latencies;
import io.nvme4j.cli.result.Measured;
import io.nvme4j.cli.result.RunResult;

import java.util.List;
import java.util.Map;

/**
 * A point of a sweep, all devices, threads and directions together.
 *
 * @param settings value of each axis
 * @param options all settings of the first job
 * @param transport one line about each controller
 * @param iops commands in a second
 * @param bytesPerSecond what they moved
 * @param latencies of all of them
 */
public record SweepPoint(
        Map<String, String> settings,
        Map<String, String> options,
        List<String> transport,
        double iops,
        double bytesPerSecond,
        Latencies latencies) {
    /** What a run measured. */
    public static SweepPoint of(Map<String, String> settings, RunResult result) {
        Latencies latencies = new Latencies();
        double iops = 0;
        double bytes = 0;
        for (RunResult.ThreadResult thread : result.threads()) {
            for (Direction direction : Direction.values()) {
                Measured measured = thread.total().directions().get(direction.index());
                iops += thread.perSecond(direction, measured.count());
                bytes += thread.perSecond(direction, measured.bytes());
                latencies.add(measured.total());
            }
        }
        Map<String, String> options =
                result.threads().isEmpty() ? Map.of() : result.threads().getFirst().job().options();
        return new SweepPoint(settings, options, result.transport(), iops, bytes, latencies);
    }

    /**
     * The knee of points whose depth grows: where the ratio of throughput to latency is greatest
     * (Kleinrock's power). Of a device with a fixed latency and a limit to its throughput that is
     * the least depth at which the limit is reached.
     */
    public static SweepPoint knee(List<SweepPoint> series) {
        SweepPoint knee = series.getFirst();
        for (SweepPoint point : series) {
            if (point.power() > knee.power()) {
                knee = point;
            }
        }
        return knee;
    }

    private double power() {
        return latencies.mean() > 0 ? iops / latencies.mean() : 0;
    }
}
