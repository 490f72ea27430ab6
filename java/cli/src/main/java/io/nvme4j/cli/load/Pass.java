// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.load;

import io.nvme4j.cli.job.Job;
import io.nvme4j.cli.job.Places;
import io.nvme4j.cli.job.workload.Direction;

/** How much a job moves that goes once through what it works on. */
public final class Pass {
    private Pass() {}

    /**
     * Bytes of it: of sequences with holes, without these; of places that are visited once each,
     * only of whole ones.
     *
     * @param region bytes that the job works on
     * @param isWhole whether that is the whole namespace
     */
    public static long bytes(Job job, long region, boolean isWhole) {
        boolean isRandom = job.workload().isRandom();
        long unit = job.smallestIo();
        if (isRandom && visitsWholeUnits(job)) {
            return region / unit * unit;
        }
        long hole = job.access().modifier();
        boolean hasHoles = !isRandom && hole > 0 && !job.workload().isMixed();
        return hasHoles ? withoutHoles(region, unit, hole, isWhole) : region;
    }

    /** As fio, which begins again where the last hole ends with the namespace, or behind it. */
    private static long withoutHoles(long region, long unit, long hole, boolean isWhole) {
        long ios = (region - unit) / (unit + hole) + 1;
        boolean beginsAgain = isWhole && ios * (unit + hole) >= region;
        return beginsAgain ? region : ios * unit;
    }

    private static boolean visitsWholeUnits(Job job) {
        boolean isMapped = job.access().visitsOnce() && job.access().modifier() <= 1;
        for (Direction direction : Direction.values()) {
            Places places = job.access().places(direction);
            isMapped &= places.randomPercentage() == 100 && places.alignment() == 0;
        }
        return isMapped && job.access().strides().isEmpty();
    }
}
