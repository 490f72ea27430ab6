// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.result;

import io.nvme4j.cli.job.Job;
import io.nvme4j.cli.job.workload.Direction;

/** What a queue pair measured in an interval, by direction. Belongs to one thread at a time. */
public final class Tally {
    private final Measured[] directions = new Measured[Direction.values().length];
    private boolean isWarmUp = true;
    private long begin;
    private long end;

    /** Only directions that are measured take memory. */
    public Tally(Job job) {
        for (Direction direction : Direction.values()) {
            boolean measured = job.measures(direction);
            directions[direction.index()] =
                    measured ? new Measured(job.splitsLatency()) : Measured.NONE;
        }
    }

    /** By {@link Direction#index}. */
    public Measured[] directions() {
        return directions;
    }

    /** Whether the measurement had not begun. */
    public boolean isWarmUp() {
        return isWarmUp;
    }

    /** When it begins, on {@link System#nanoTime}'s scale. */
    public long begin() {
        return begin;
    }

    /** When it ended, on {@link System#nanoTime}'s scale. */
    public long end() {
        return end;
    }

    void begin(long now, boolean warmUp) {
        begin = now;
        isWarmUp = warmUp;
    }

    void end(long now) {
        end = now;
    }

    void add(Tally other) {
        for (int i = 0; i < directions.length; i++) {
            directions[i].add(other.directions[i]);
        }
    }

    void reset() {
        for (Measured measured : directions) {
            measured.reset();
        }
    }
}
