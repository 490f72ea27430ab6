// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.load.place;

import io.nvme4j.Namespace;
import io.nvme4j.cli.job.Extent;
import io.nvme4j.cli.job.Job;
import io.nvme4j.cli.job.Places;
import io.nvme4j.cli.job.Region;
import io.nvme4j.cli.job.Strides;
import io.nvme4j.cli.job.workload.Direction;
import io.nvme4j.error.NvmeException;

/**
 * The logical blocks that a thread of a job works on.
 *
 * @param first its first block
 * @param blocks how many
 */
public record Span(long first, long blocks) {
    /**
     * The region of a job, on a namespace.
     *
     * @param copy number of the job's copy
     * @throws NvmeException if it doesn't lie inside the namespace
     */
    public static Span of(Job job, Namespace namespace, int copy) {
        long size = namespace.sizeInBytes();
        Region region = job.region();
        long start =
                start(job, region.offset(), size) + copy * start(job, region.increment(), size);
        long length = length(job, size, start);
        int block = namespace.blockSize();
        if (start % block != 0) {
            throw new NvmeException(
                    "job %s begins at byte %d, which is no multiple of the block size, %d"
                            .formatted(job.name(), start, block));
        }
        if (start < 0 || start > size || length > size - start) {
            throw new NvmeException(
                    "job %s works on %d bytes from %d on, and the namespace has %d: make size or offset smaller, or the namespace larger"
                            .formatted(job.name(), length, start, size));
        }
        if (length < job.largestIo()) {
            throw new NvmeException(
                    "job %s works on %d bytes, in which no I/O of %d bytes fits"
                            .formatted(job.name(), length, job.largestIo()));
        }
        Span span = new Span(start / block, length / block);
        checkZones(job, length);
        checkSequences(job, length);
        job.access().strides().ifPresent(strides -> checkStrides(job, strides, block));
        return span;
    }

    /**
     * What a job that goes by strides goes through: as in fio, its size is only how much it moves.
     */
    public Span toEndOf(Namespace namespace) {
        return new Span(first, namespace.sizeInBytes() / namespace.blockSize() - first);
    }

    /** Whether the copies of a job work on blocks of their own. */
    public static boolean areApart(Job job, Namespace namespace) {
        Region region = job.region();
        long size = namespace.sizeInBytes();
        return !region.size().isNothing()
                && start(job, region.increment(), size) >= region.size().of(size);
    }

    /** A percentage ends with the namespace, and is rounded down to whole I/Os. */
    private static long length(Job job, long size, long start) {
        Extent wanted = job.region().size();
        long rest = Math.max(0, size - start);
        if (wanted.isNothing() || wanted.percentage() == 100) {
            return rest;
        }
        return wanted.percentage() == 0
                ? wanted.bytes()
                : Math.min(wanted.of(size), rest) / job.smallestIo() * job.smallestIo();
    }

    private static void checkZones(Job job, long length) {
        for (Direction direction : Direction.values()) {
            long end = job.access().places(direction).distribution().end();
            if (job.has(direction) && end > length) {
                throw new NvmeException(
                        "the zones of job %s go up to byte %d, and it works on %d bytes: make them smaller, or its size larger"
                                .formatted(job.name(), end, length));
            }
        }
    }

    private static void checkSequences(Job job, long length) {
        for (Direction direction : Direction.values()) {
            Places places = job.access().places(direction);
            long unit = places.alignment() > 0 ? places.alignment() : job.smallestIo();
            for (long block : places.distribution().sequence()) {
                if (job.has(direction) && block >= length / unit) {
                    throw new NvmeException(
                            "job %s lists block %d of those that it works on, and these are %d of %d bytes"
                                    .formatted(job.name(), block, length / unit, unit));
                }
            }
        }
    }

    private static void checkStrides(Job job, Strides strides, int block) {
        if (strides.range() % block != 0 || strides.skip() % block != 0) {
            throw new NvmeException(
                    "the zones of job %s, of %d bytes and %d apart, are no multiples of the block size, %d"
                            .formatted(job.name(), strides.range(), strides.skip(), block));
        }
        if (strides.range() < job.largestIo()) {
            throw new NvmeException(
                    "the zones of job %s have %d bytes, in which no I/O of %d bytes fits"
                            .formatted(job.name(), strides.range(), job.largestIo()));
        }
    }

    /** A percentage is rounded up to whole I/Os. */
    private static long start(Job job, Extent extent, long size) {
        long bytes = extent.of(size);
        if (extent.percentage() == 0) {
            return bytes;
        }
        long alignment = job.region().alignment() > 0 ? job.region().alignment() : job.smallestIo();
        return (bytes + alignment - 1) / alignment * alignment;
    }

    /** One of several equal parts, whose length is a multiple of {@code alignment} blocks. */
    public Span part(int number, int parts, long alignment) {
        long length = blocks / parts / alignment * alignment;
        return new Span(first + number * length, length);
    }
}
