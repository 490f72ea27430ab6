// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run.plan;

import io.nvme4j.cli.job.Extent;
import io.nvme4j.cli.job.Job;
import io.nvme4j.cli.job.Verification;
import io.nvme4j.cli.load.CommandSource;
import io.nvme4j.cli.load.Pass;
import io.nvme4j.cli.load.pace.Flow;
import io.nvme4j.cli.load.place.Span;
import io.nvme4j.cli.run.data.RefilledData;
import io.nvme4j.cli.run.data.WriteSets;
import io.nvme4j.cli.target.Target;
import io.nvme4j.cli.verify.Ledger;
import io.nvme4j.error.NvmeException;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * A queue pair of a job's thread to a namespace, and which part of the job is its part.
 *
 * @param copy number of the thread, of those that do the same
 * @param part number of the queue pair, of those that share the job's depth and number of I/Os
 * @param parts how many do
 * @param rateFraction how much of the job's rates is this one's
 * @param seed of what is random
 * @param slice number of the part of the job's blocks that is this one's, where it verifies data
 * @param slices how many there are
 */
public record QueuePlan(
        Job job,
        Target target,
        int copy,
        int part,
        int parts,
        double rateFraction,
        long seed,
        int slice,
        int slices) {
    /** Most memory that a ledger which is not in a file may take. */
    private static final long LEDGER_BYTES_MAX = 8L << 30;

    private static final int BYTES_PER_UNIT = 16;

    QueuePlan withSlice(int number, int count) {
        return new QueuePlan(job, target, copy, part, parts, rateFraction, seed, number, count);
    }

    /** Commands in flight. */
    public int depth() {
        return (int) share(job.depth());
    }

    /** Commands at most. */
    public long numberOfIos() {
        long most = target.namespace().sizeInBytes() / job.smallestIo();
        Extent ios = job.limits().numberOfIos();
        return ios.isNothing() ? Long.MAX_VALUE : share(ios.of(most));
    }

    /** Bytes that it moves before the job is done; no limit where the job goes by time. */
    public long bytes() {
        if (job.limits().timeBased()) {
            return Long.MAX_VALUE;
        }
        long region = whole().blocks() * target.namespace().blockSize();
        boolean isWhole = region == target.namespace().sizeInBytes();
        Extent ioSize = job.limits().ioSize();
        long amount = ioSize.isNothing() ? Pass.bytes(job, region, isWhole) : ioSize.of(region);
        // Those that verify have a slice of the region each, and move no more than that.
        long own = job.verification().isOn() ? amount / Math.max(parts, slices) : share(amount);
        return own * job.limits().loops();
    }

    private long share(long whole) {
        return whole / parts + (part < whole % parts ? 1 : 0);
    }

    /** The blocks that it works on: its own only, where it verifies data. */
    public Span span() {
        if (job.verification().isOn()) {
            return whole().part(slice, slices, unitBlocks());
        }
        boolean strides = job.access().strides().isPresent();
        return strides ? whole().toEndOf(target.namespace()) : whole();
    }

    private Span whole() {
        return Span.of(job, target.namespace(), copy);
    }

    /** The blocks that all copies of the job work on. */
    private Span ofAllCopies() {
        Span first = Span.of(job, target.namespace(), 0);
        Span last = Span.of(job, target.namespace(), job.copies() - 1);
        return new Span(first.first(), last.first() + last.blocks() - first.first());
    }

    /** Makes the data of its writes, where they are not made once. */
    public Optional<RefilledData> refilledData(WriteSets sets, long bytesPerIo) {
        long writes = whole().blocks() * target.namespace().blockSize() / job.smallestIo();
        return job.buffers()
                .contents()
                .map(
                        contents ->
                                new RefilledData(
                                        contents,
                                        job.buffers().pattern(),
                                        bytesPerIo,
                                        (writes * contents.setPercentage() + 99) / 100,
                                        sets));
    }

    /** What is not as one might expect. */
    Optional<String> note() {
        return job.verification().isOn() && slices > job.queuePairs()
                ? Optional.of(
                        "job %s: each of its %d threads writes and checks a part of the blocks, not all of them as in fio"
                                .formatted(job.name(), slices / job.queuePairs()))
                : Optional.empty();
    }

    private int unitBlocks() {
        return (int) (job.smallestIo() / target.namespace().blockSize());
    }

    /**
     * The ledger of what it verifies.
     *
     * @throws NvmeException if it can't be made
     */
    public Ledger ledger(Arena arena) {
        if (job.ledger().isPresent()) {
            Span all = ofAllCopies();
            if ((whole().first() - all.first()) % unitBlocks() != 0) {
                throw new NvmeException(
                        "job %s can't have a ledger: use an offset_increment that is a multiple of its I/Os"
                                .formatted(job.name()));
            }
            return Ledger.open(job.ledger().get(), shape(all), arena);
        }
        Ledger.Shape shape = shape(span());
        if (shape.units() > LEDGER_BYTES_MAX / BYTES_PER_UNIT) {
            throw new NvmeException(
                    "verifying %d I/Os takes more memory than is sensible: use a smaller size or a larger bs"
                            .formatted(shape.units()));
        }
        return Ledger.inMemory(shape, arena);
    }

    private Ledger.Shape shape(Span span) {
        return new Ledger.Shape(
                target.namespace().blockSize(),
                unitBlocks(),
                span.first(),
                span.blocks() / unitBlocks(),
                List.of(Verification.Kind.values()).indexOf(job.verification().kind()));
    }

    /**
     * Checks what verification needs.
     *
     * @throws NvmeException if it can't be done
     */
    void checkVerification() {
        if (job.verification().isOn()) {
            job.checkUnits(target.namespace().blockSize());
            try (Arena arena = Arena.ofConfined()) {
                ledger(arena);
            }
        }
    }

    public CommandSource source(IntFunction<Flow> flows) {
        int blockSize = target.namespace().blockSize();
        return new CommandSource(job, span(), blockSize, rateFraction, seed, flows);
    }
}
