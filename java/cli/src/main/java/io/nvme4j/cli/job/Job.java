// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job;

import io.nvme4j.cli.job.workload.Direction;
import io.nvme4j.cli.job.workload.Workload;
import io.nvme4j.error.NvmeException;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What one job of a benchmark does. Checked as far as that needs no device. It has many fields, as
 * a job has many options that have nothing to do with each other; what belongs together is one.
 *
 * @param name of the section in the job file
 * @param options as they were given
 * @param devices transport ids; none for the built-in controller
 * @param blockSizes of each direction
 * @param depth commands in flight
 * @param isAtomic whether all of each write, or nothing of it, is to be there after a power failure
 * @param flushing when what it writes is brought to the medium
 * @param batch how many places in the queue are free before commands are issued
 * @param copies threads that do this
 * @param processors that its threads are pinned to, in turns; none for threads that are not
 * @param queuePairs that each thread spreads its commands over, to each namespace
 * @param completionsPerPoll at most, or 0 for all that there are
 * @param tracksLatency whether latencies are to be split even where there is no rate
 * @param latencyGoal that the depth is chosen by
 * @param steadyStateGoal that ends the run
 * @param ledger file that says which blocks were written, of the data integrity mode
 * @param protection of data on namespaces that have it
 * @param percentiles that reports show, or empty for the usual
 * @param notes of options that change nothing
 */
public record Job(
        String name,
        Map<String, String> options,
        List<String> devices,
        Access access,
        Map<Direction, BlockSizes> blockSizes,
        Region region,
        Limits limits,
        int depth,
        boolean isAtomic,
        Flushing flushing,
        int batch,
        int copies,
        List<Integer> processors,
        int queuePairs,
        int completionsPerPoll,
        Pacing pacing,
        boolean tracksLatency,
        Optional<LatencyGoal> latencyGoal,
        Optional<SteadyStateGoal> steadyStateGoal,
        Verification verification,
        Optional<Path> ledger,
        Buffers buffers,
        ProtectionChecks protection,
        ErrorPolicy errors,
        Grouping grouping,
        List<Double> percentiles,
        List<String> notes) {
    public Workload workload() {
        return access.workload();
    }

    /** Whether there are commands of a direction. */
    public boolean has(Direction direction) {
        return switch (direction) {
            case READ -> access.readPercentage() > 0 && workload().has(direction);
            case WRITE -> access.readPercentage() < 100 && workload().has(direction);
            case TRIM -> workload().has(direction);
        };
    }

    /** Whether commands of a direction are measured: those that verify are reads. */
    public boolean measures(Direction direction) {
        return has(direction)
                || (direction == Direction.READ
                        && has(Direction.WRITE)
                        && verification.readsWhatWasWritten());
    }

    /** Whether latencies are taken apart. */
    public boolean splitsLatency() {
        return tracksLatency || pacing.isPaced();
    }

    /** Bytes of the smallest I/O. */
    public long smallestIo() {
        return inUse().map(this::sizes).mapToLong(BlockSizes::smallest).min().orElseThrow();
    }

    /** Bytes of the largest I/O. */
    public long largestIo() {
        return inUse().map(this::sizes).mapToLong(BlockSizes::largest).max().orElseThrow();
    }

    /** Bytes of the largest I/O that moves data, or 0 where none does. */
    public long largestTransfer() {
        return inUse().filter(each -> each != Direction.TRIM || workload().trimsBeforeWriting())
                .mapToLong(each -> sizes(each).largest())
                .max()
                .orElse(0);
    }

    private Stream<Direction> inUse() {
        return Stream.of(Direction.values()).filter(workload()::has);
    }

    /** The sizes of a direction's I/Os. */
    public BlockSizes sizes(Direction direction) {
        return Objects.requireNonNull(blockSizes.get(direction));
    }

    /**
     * Checks that its I/Os are whole units, of the smallest one's size, so that each can be
     * verified.
     *
     * @throws NvmeException if not
     */
    public void checkUnits(int blockSize) {
        long unit = smallestIo();
        boolean whole =
                inUse().map(this::sizes).allMatch(sizes -> sizes.areMultiplesOf(unit))
                        && inUse().allMatch(each -> access.places(each).alignment() % unit == 0)
                        && (workload().isRandom() || access.modifier() % unit == 0);
        if (!whole) {
            throw new NvmeException(
                    "job %s can't be verified: its block sizes and offsets must be multiples of the smallest size, %d"
                            .formatted(name, unit));
        }
        if (blockSize < 512) {
            throw new NvmeException(
                    "blocks of %d bytes have no room for marks".formatted(blockSize));
        }
    }

    /** Whether it changes what is on the namespace. */
    public boolean destroysData() {
        return has(Direction.WRITE) || has(Direction.TRIM);
    }

    /** The processor of a copy, or -1 for one that is not pinned. */
    public int processor(int copy) {
        return processors.isEmpty() ? -1 : processors.get(copy % processors.size());
    }
}
