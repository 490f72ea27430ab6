// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.result;

import java.util.Collection;
import java.util.List;
import java.util.TreeMap;

/**
 * What was measured, interval by interval. An interval in which nothing was collected is missing.
 */
public final class Timeline {
    private final TreeMap<Integer, Interval> intervals = new TreeMap<>();

    public Timeline() {}

    /** Adds to an interval. */
    public void add(int tick, Tally tally) {
        Sample[] samples = new Sample[tally.directions().length];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = Sample.of(tally.directions()[i]);
        }
        add(new Interval(tick, tally.begin(), tally.end(), List.of(samples)));
    }

    private void add(Interval interval) {
        intervals.merge(interval.tick(), interval, Interval::plus);
    }

    /** Makes one interval of two, so that a long run takes no more memory than a short one. */
    public void halve() {
        List<Interval> all = intervals();
        intervals.clear();
        all.forEach(interval -> add(interval.withTick(interval.tick() / 2)));
    }

    /**
     * Makes the last interval a part of the one before if it is shorter than half of that: of a few
     * commands no rate can be told.
     */
    public void joinShortEnd() {
        if (intervals.size() > 1) {
            Interval last = intervals.lastEntry().getValue();
            Interval before = intervals.lowerEntry(last.tick()).getValue();
            if (last.seconds() < before.seconds() / 2) {
                intervals.remove(last.tick());
                intervals.put(before.tick(), before.plus(last));
            }
        }
    }

    /** In the order of time. */
    public List<Interval> intervals() {
        return List.copyOf(intervals.values());
    }

    /** What several threads have measured at the same time. */
    public static Timeline sum(Collection<Timeline> timelines) {
        Timeline sum = new Timeline();
        timelines.forEach(timeline -> timeline.intervals.values().forEach(sum::add));
        return sum;
    }
}
