// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.result;

import java.util.ArrayList;
import java.util.List;

/**
 * What was measured in a part of a run's time.
 *
 * @param tick its number
 * @param begin on {@link System#nanoTime}'s scale
 * @param end on {@link System#nanoTime}'s scale
 * @param samples one for each direction, by its index
 */
public record Interval(int tick, long begin, long end, List<Sample> samples) {
    public double seconds() {
        return (end - begin) / 1e9;
    }

    /** Commands in a second, of one direction. */
    public double iops(int direction) {
        return samples.get(direction).count() / Math.max(seconds(), 1e-9);
    }

    /** Bytes in a second, of one direction. */
    public double bytesPerSecond(int direction) {
        return samples.get(direction).bytes() / Math.max(seconds(), 1e-9);
    }

    /** Commands in a second, of all directions. */
    public double iops() {
        return samples.stream().mapToLong(Sample::count).sum() / Math.max(seconds(), 1e-9);
    }

    /** Both, under this one's number. */
    Interval plus(Interval other) {
        List<Sample> sums = new ArrayList<>();
        for (int i = 0; i < samples.size(); i++) {
            sums.add(samples.get(i).plus(other.samples.get(i)));
        }
        return new Interval(
                tick, Math.min(begin, other.begin), Math.max(end, other.end), List.copyOf(sums));
    }

    Interval withTick(int number) {
        return new Interval(number, begin, end, samples);
    }
}
