// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

import java.util.List;

/**
 * What a benchmark does, as the command line says; checked there as far as that needs no device.
 *
 * @param readPercentage of the commands
 * @param ioSize bytes that a command moves
 * @param depth commands in flight, for each worker and namespace
 * @param seconds length of the measurement
 * @param warmupSeconds before it, not measured
 * @param processors one worker is pinned to each; empty for one worker that is not
 */
record BenchSettings(
        Workload workload,
        int readPercentage,
        long ioSize,
        int depth,
        int seconds,
        int warmupSeconds,
        List<Integer> processors) {
    int workers() {
        return Math.max(1, processors.size());
    }

    /** The processor of a worker, or -1 for one that is not pinned. */
    int processor(int worker) {
        return processors.isEmpty() ? -1 : processors.get(worker);
    }

    boolean writes() {
        return readPercentage < 100;
    }
}
