// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.target;

import io.nvme4j.Controller;
import io.nvme4j.Namespace;
import io.nvme4j.TransportId;
import io.nvme4j.cli.job.BlockSizes;
import io.nvme4j.cli.job.Job;
import io.nvme4j.cli.job.workload.Direction;
import io.nvme4j.cli.load.IoSplit;
import io.nvme4j.error.NvmeException;
import io.nvme4j.map.BlockLayout;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A namespace to be measured.
 *
 * @param id of the controller
 * @param controller what it is attached to
 * @param label what it is called in reports
 */
public record Target(TransportId id, Controller controller, Namespace namespace, String label) {
    /** The namespace that the transport id selects, or all that are active. */
    public static List<Target> of(TransportId id, Controller controller) {
        Optional<Integer> selected = id.namespaceId();
        List<Namespace> namespaces =
                selected.isPresent()
                        ? List.of(controller.namespace(selected.get()))
                        : controller.namespaces();
        if (namespaces.isEmpty()) {
            throw new NvmeException(
                    "\"" + id + "\" has no active namespace: create one and attach it first");
        }
        return namespaces.stream()
                .map(namespace -> new Target(id, controller, namespace, label(id, namespace)))
                .toList();
    }

    private static String label(TransportId id, Namespace namespace) {
        String address = id.get("traddr").orElse(id.isEmbedded() ? "memory" : "?");
        String transport = id.get("trtype").orElse("?").toUpperCase(Locale.ROOT);
        return transport + " (" + address + ") ns " + namespace.id();
    }

    /**
     * Checks that a job can run here.
     *
     * @throws NvmeException if not; it says what could
     */
    public void check(Job job) {
        checkFormat();
        checkMetadata(job);
        for (Direction direction : Direction.values()) {
            if (job.workload().has(direction)) {
                checkSizes(job.sizes(direction));
                checkAlignment(job, job.access().places(direction).alignment());
            }
        }
        checkAtomic(job);
        long limit = (long) BlockLayout.MAXIMUM_BLOCKS * namespace.blockSize();
        if (job.largestTransfer() > limit) {
            throw new NvmeException(
                    "I/O size %d is above what an I/O to %s can have: use -o %d or less"
                            .formatted(job.largestTransfer(), label, limit));
        }
        int deepest = IoSplit.mostIos(controller);
        if (job.depth() > deepest) {
            throw new NvmeException(
                    "queue depth %d is above what the queues of %s take: use -q %d or less"
                            .formatted(job.depth(), label, deepest));
        }
    }

    private void checkAlignment(Job job, long alignment) {
        if (alignment % namespace.blockSize() != 0) {
            throw new NvmeException(
                    "job %s aligns I/Os to %d bytes, which is no multiple of the block size, %d"
                            .formatted(job.name(), alignment, namespace.blockSize()));
        }
    }

    private void checkAtomic(Job job) {
        long limit = namespace.geometry().atomicOnPowerFail().bytes();
        if (job.isAtomic() && job.sizes(Direction.WRITE).largest() > limit) {
            throw new NvmeException(
                    "job %s asks for atomic writes, and %s writes %d bytes at once: use atomic=0, or a bs of so many"
                            .formatted(job.name(), label, limit));
        }
    }

    /**
     * Checks that it has blocks.
     *
     * @throws NvmeException if not
     */
    public void checkFormat() {
        if (namespace.blockSize() <= 0) {
            throw new NvmeException(label + " has no format: format the namespace first");
        }
    }

    private void checkMetadata(Job job) {
        if (namespace.metadataSize() > 0 && job.buffers().unit() > 0) {
            throw new NvmeException(
                    "%s has metadata, with which buffers are in one piece: leave -O out"
                            .formatted(label));
        }
    }

    private void checkSizes(BlockSizes sizes) {
        checkSize(sizes.smallest());
        checkSize(sizes.largest());
        sizes.split().forEach(share -> checkSize(share.bytes()));
    }

    private void checkSize(long size) {
        long block = namespace.blockSize();
        if (size % block != 0) {
            throw new NvmeException(
                    "I/O size %d is no multiple of the block size of %s, %d: use -o %d"
                            .formatted(size, label, block, wholeBlocks(size)));
        }
        if (size > namespace.sizeInBytes()) {
            throw new NvmeException(
                    "I/O size %d is larger than %s, which has %d bytes"
                            .formatted(size, label, namespace.sizeInBytes()));
        }
    }

    /** The size that was meant: rounded up, or that of the data in blocks with their metadata. */
    private long wholeBlocks(long size) {
        int unit = namespace.layout().bytesInBuffer();
        long blocks = size % unit == 0 ? size / unit : size / namespace.blockSize() + 1;
        return blocks * namespace.blockSize();
    }
}
