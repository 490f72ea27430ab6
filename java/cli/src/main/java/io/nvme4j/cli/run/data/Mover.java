// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run.data;

import io.nvme4j.Namespace;
import io.nvme4j.ProtectionInformation;
import io.nvme4j.QueuePair;
import io.nvme4j.cli.job.Job;
import io.nvme4j.cli.load.IoSplit;
import io.nvme4j.cli.target.Target;

import org.jspecify.annotations.Nullable;

/**
 * How the data of a queue's I/Os lie in memory, and are moved: in one piece, in several, or with
 * metadata. The tag of an I/O is its slot, which has a part of the memory to itself. On the hot
 * path: reads and writes allocate nothing.
 */
public interface Mover extends AutoCloseable {
    /** Prepares a read to a slot. */
    void read(QueuePair queue, long lba, int blocks, int slot);

    /** Prepares a write from a slot. */
    void write(QueuePair queue, long lba, int blocks, int slot);

    /** What is wrong with blocks that were read, as their protection information says. */
    default ProtectionInformation.@Nullable Mismatch check(long lba, int blocks, int slot) {
        return null;
    }

    /** The memory of all slots. */
    SlotMemory memory();

    /** Bytes from a block of a slot to the next. */
    int stride();

    /** Bytes of a slot from its first to the last that so many blocks take. */
    default long extent(int blocks) {
        return (long) blocks * stride();
    }

    /** What a read or a write of so many blocks becomes. */
    IoSplit split(int blocks);

    /** Frees the memory. */
    @Override
    void close();

    /** Bytes of memory that the largest I/O of a job takes at most. */
    static long bytesPerIo(Target target, Job job) {
        Namespace namespace = target.namespace();
        return job.buffers().unit() > 0
                ? PiecedMover.bytesPerIo(job.buffers().unit(), job.largestIo())
                : job.largestIo() / namespace.blockSize() * namespace.layout().bytesInBuffer();
    }

    /** The one that a job needs, for so many slots, with its memory. */
    static Mover of(Target target, Job job, int slots) {
        SlotMemory memory =
                SlotMemory.allocate(
                        target.controller(), job.buffers(), bytesPerIo(target, job), slots);
        try {
            if (job.buffers().unit() > 0) {
                return new PiecedMover(target, job.buffers().unit(), memory);
            }
            return target.namespace().metadataSize() > 0
                    ? new MetadataMover(target, job, memory)
                    : new PlainMover(target, memory);
        } catch (RuntimeException | Error e) {
            memory.close();
            throw e;
        }
    }
}
