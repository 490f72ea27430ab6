// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run.data;

import io.nvme4j.Namespace;
import io.nvme4j.ProtectionInformation;
import io.nvme4j.QueuePair;
import io.nvme4j.Transfer;
import io.nvme4j.cli.job.Job;
import io.nvme4j.cli.job.ProtectionChecks;
import io.nvme4j.cli.load.IoSplit;
import io.nvme4j.cli.target.Target;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.spec.NvmOpcode;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/**
 * Blocks with metadata, which lie between the data or apart from them. Where they have protection
 * information that the controller doesn't make itself, it is made before a write, and checked after
 * a read.
 */
final class MetadataMover implements Mover {
    private final Target target;
    private final Namespace namespace;
    private final ProtectionChecks checks;
    private final int stride;
    private final SlotMemory memory;
    private final SlotLists lists;
    private final @Nullable DmaBuffer metadata;
    private final long metadataPerSlot;
    private final @Nullable ProtectionInformation information;
    private final Transfer transfer;

    MetadataMover(Target target, Job job, SlotMemory memory) {
        this.target = target;
        this.namespace = target.namespace();
        this.memory = memory;
        this.checks = job.protection().fitting(namespace.protection());
        boolean isBare = checks.action() && namespace.metadataSize() == ProtectionInformation.BYTES;
        this.stride = isBare ? namespace.blockSize() : namespace.layout().bytesInBuffer();
        int metadataPerBlock = isBare ? 0 : namespace.layout().bytesInMetadataBuffer();
        this.metadataPerSlot = job.largestIo() / namespace.blockSize() * metadataPerBlock;
        this.information =
                namespace.protection().isPresent() && !checks.action()
                        ? new ProtectionInformation(namespace)
                        : null;
        this.lists = new SlotLists(target.controller(), memory);
        this.transfer = new Transfer(NvmOpcode.READ, namespace, 0, lists.of(0, stride));
        this.metadata =
                metadataPerBlock == 0
                        ? null
                        : target.controller().allocate(memory.slots() * metadataPerSlot);
    }

    @Override
    public void read(QueuePair queue, long lba, int blocks, int slot) {
        transfer(queue, NvmOpcode.READ, lba, blocks, slot);
    }

    @Override
    public void write(QueuePair queue, long lba, int blocks, int slot) {
        if (information != null) {
            information.fill(memory.segment(slot), metadata(slot), blocks, lba, checks.tag());
        }
        transfer(queue, NvmOpcode.WRITE, lba, blocks, slot);
    }

    private void transfer(QueuePair queue, NvmOpcode opcode, long lba, int blocks, int slot) {
        transfer.opcode(opcode).startingLba(lba).list(lists.of(slot, extent(blocks)));
        transfer.metadata(metadata, slot * metadataPerSlot).protection(checks.of(lba));
        queue.transfer(transfer, slot);
    }

    @Override
    public ProtectionInformation.@Nullable Mismatch check(long lba, int blocks, int slot) {
        return information == null || !checks.any()
                ? null
                : information.check(
                        memory.segment(slot),
                        metadata(slot),
                        blocks,
                        lba,
                        checks.tag(),
                        checks.checked().contains(ProtectionInformation.Part.APPLICATION_TAG)
                                ? checks.tagMask()
                                : 0);
    }

    private @Nullable MemorySegment metadata(int slot) {
        return metadata == null
                ? null
                : metadata.segment().asSlice(slot * metadataPerSlot, metadataPerSlot);
    }

    @Override
    public SlotMemory memory() {
        return memory;
    }

    @Override
    public int stride() {
        return stride;
    }

    @Override
    public IoSplit split(int blocks) {
        return IoSplit.of(
                target.controller(), namespace, lists.of(0, namespace.length(blocks)), metadata);
    }

    @Override
    public void close() {
        if (metadata != null) {
            metadata.close();
        }
        memory.close();
    }
}
