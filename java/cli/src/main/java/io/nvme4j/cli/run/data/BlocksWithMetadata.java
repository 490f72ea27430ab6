// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run.data;

import io.nvme4j.Controller;
import io.nvme4j.Namespace;
import io.nvme4j.ProtectionInformation;
import io.nvme4j.QueuePair;
import io.nvme4j.Transfer;
import io.nvme4j.cli.job.Job;
import io.nvme4j.cli.job.ProtectionChecks;
import io.nvme4j.cli.target.Target;
import io.nvme4j.memory.CopyPolicy;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.ScatterGatherList;
import io.nvme4j.spec.NvmOpcode;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/**
 * The I/Os of a queue to a namespace whose blocks have metadata, which lie between the data or
 * apart from them. Where they have protection information that the controller doesn't make itself,
 * it is made before a write, and checked after a read.
 */
public final class BlocksWithMetadata implements AutoCloseable {
    private final Namespace namespace;
    private final ProtectionChecks checks;
    private final int bytesPerBlock;
    private final int metadataPerBlock;
    private final DmaBuffer data;
    private final long dataPerSlot;
    private final @Nullable DmaBuffer metadata;
    private final long metadataPerSlot;
    private final @Nullable ProtectionInformation information;
    private final ScatterGatherList[] lists;
    private final Transfer transfer;

    /**
     * @param data of all slots
     * @param dataPerSlot bytes of it
     */
    public BlocksWithMetadata(Target target, Job job, DmaBuffer data, long dataPerSlot, int depth) {
        Controller controller = target.controller();
        this.namespace = target.namespace();
        this.checks = job.protection().fitting(namespace.protection());
        boolean isBare = checks.action() && namespace.metadataSize() == ProtectionInformation.BYTES;
        this.bytesPerBlock = isBare ? namespace.blockSize() : namespace.layout().bytesInBuffer();
        this.metadataPerBlock = isBare ? 0 : namespace.layout().bytesInMetadataBuffer();
        this.data = data;
        this.dataPerSlot = dataPerSlot;
        this.metadataPerSlot = job.largestIo() / namespace.blockSize() * metadataPerBlock;
        this.information =
                namespace.protection().isPresent() && !checks.action()
                        ? new ProtectionInformation(namespace)
                        : null;
        this.lists = new ScatterGatherList[depth];
        for (int slot = 0; slot < depth; slot++) {
            lists[slot] = controller.scatterGatherList(CopyPolicy.REFUSE);
        }
        this.transfer = new Transfer(NvmOpcode.READ, namespace, 0, lists[0]);
        this.metadata = metadataPerBlock == 0 ? null : controller.allocate(depth * metadataPerSlot);
    }

    /** Bytes that the data of a job's largest I/O take at most. */
    public static long bytesPerIo(Namespace namespace, Job job) {
        return job.largestIo() / namespace.blockSize() * namespace.layout().bytesInBuffer();
    }

    /** Of all slots, where they lie apart from the data. */
    public @Nullable DmaBuffer apart() {
        return metadata;
    }

    /** Bytes from a block to the next in the data buffer. */
    public int bytesPerBlock() {
        return bytesPerBlock;
    }

    /** Prepares a read or a write; its tag is its slot. */
    public void prepare(QueuePair queue, boolean isWrite, long lba, int blocks, int slot) {
        ScatterGatherList list = lists[slot];
        long bytes = (long) blocks * bytesPerBlock;
        if (list.length() != bytes) {
            list.clear().add(data, slot * dataPerSlot, bytes);
        }
        if (isWrite && information != null) {
            information.fill(data(slot), metadata(slot), blocks, lba, checks.tag());
        }
        transfer.opcode(isWrite ? NvmOpcode.WRITE : NvmOpcode.READ).startingLba(lba).list(list);
        transfer.metadata(metadata, slot * metadataPerSlot).protection(checks.of(lba));
        queue.transfer(transfer, slot);
    }

    /** What is wrong with blocks that were read, or nothing. */
    public ProtectionInformation.@Nullable Mismatch check(int slot, long lba, int blocks) {
        return information == null || !checks.any()
                ? null
                : information.check(
                        data(slot),
                        metadata(slot),
                        blocks,
                        lba,
                        checks.tag(),
                        checks.applicationTag() ? checks.tagMask() : 0);
    }

    private MemorySegment data(int slot) {
        return data.segment().asSlice(slot * dataPerSlot, dataPerSlot);
    }

    private @Nullable MemorySegment metadata(int slot) {
        return metadata == null
                ? null
                : metadata.segment().asSlice(slot * metadataPerSlot, metadataPerSlot);
    }

    @Override
    public void close() {
        if (metadata != null) {
            metadata.close();
        }
    }
}
