// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.verify;

import io.nvme4j.Controller;
import io.nvme4j.Namespace;
import io.nvme4j.QueuePair;
import io.nvme4j.Transfer;
import io.nvme4j.cli.load.IoSplit;
import io.nvme4j.memory.CopyPolicy;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.ScatterGatherList;
import io.nvme4j.spec.NvmOpcode;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/** Where reads of several slots go: blocks, with their metadata among them or apart. */
final class ReadBuffers implements AutoCloseable {
    private final Controller controller;
    private final Namespace namespace;
    private final ScatterGatherList[] lists;
    private final long bytesPerSlot;
    private final long metadataPerSlot;
    private final DmaBuffer data;
    private final @Nullable DmaBuffer metadata;

    /**
     * @param blocks of a slot
     */
    ReadBuffers(Controller controller, Namespace namespace, int slots, int blocks) {
        this.controller = controller;
        this.namespace = namespace;
        this.lists = new ScatterGatherList[slots];
        for (int slot = 0; slot < slots; slot++) {
            lists[slot] = controller.scatterGatherList(CopyPolicy.REFUSE);
        }
        this.bytesPerSlot = namespace.length(blocks);
        this.metadataPerSlot = (long) blocks * namespace.layout().bytesInMetadataBuffer();
        this.data = controller.allocate(slots * bytesPerSlot);
        try {
            this.metadata =
                    metadataPerSlot == 0 ? null : controller.allocate(slots * metadataPerSlot);
        } catch (RuntimeException | Error e) {
            data.close();
            throw e;
        }
    }

    /** How many commands a read of a whole slot becomes. */
    IoSplit split() {
        lists[0].clear().add(data, 0, bytesPerSlot);
        return IoSplit.of(controller, namespace, lists[0], metadata);
    }

    /** Prepares a read, whose tag is its slot. Protection information is read as it is. */
    void read(QueuePair queue, long lba, int blocks, int slot) {
        ScatterGatherList list = lists[slot].clear();
        list.add(data, slot * bytesPerSlot, namespace.length(blocks));
        queue.transfer(
                new Transfer(NvmOpcode.READ, namespace, lba, list)
                        .metadata(metadata, slot * metadataPerSlot),
                slot);
    }

    /** The blocks of a slot, {@code namespace.layout().bytesInBuffer()} bytes each. */
    MemorySegment data(int slot) {
        return data.segment().asSlice(slot * bytesPerSlot, bytesPerSlot);
    }

    @Override
    public void close() {
        if (metadata != null) {
            metadata.close();
        }
        data.close();
    }
}
