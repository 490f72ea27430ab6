// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job;

import io.nvme4j.cli.job.workload.Direction;
import io.nvme4j.cli.job.workload.Workload;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Which I/O goes where.
 *
 * @param readPercentage of the reads in mixed workloads; 100 or 0 in others
 * @param modifier what {@code rw=PATTERN:modifier} says, or 0: bytes that are added after each
 *     sequential I/O, or how many I/Os go by before the next random offset
 * @param repeats whether those I/Os go to the same offset, else one after the other
 * @param places of each direction
 * @param strides zones that it goes through, or empty for the whole region
 * @param visitsOnce whether no block is visited again before all have been
 * @param seed of all that is random: the same seed gives the same I/Os
 */
public record Access(
        Workload workload,
        int readPercentage,
        long modifier,
        boolean repeats,
        Map<Direction, Places> places,
        Optional<Strides> strides,
        boolean visitsOnce,
        long seed) {
    /** Where the I/Os of a direction go. */
    public Places places(Direction direction) {
        return Objects.requireNonNull(places.get(direction));
    }
}
