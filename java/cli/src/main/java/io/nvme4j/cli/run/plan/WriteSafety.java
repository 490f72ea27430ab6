// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run.plan;

import io.nvme4j.TransportId;
import io.nvme4j.cli.load.place.Span;
import io.nvme4j.cli.target.DiskContents;
import io.nvme4j.cli.target.KernelDrives;
import io.nvme4j.cli.target.Target;
import io.nvme4j.cli.text.ByteSize;
import io.nvme4j.error.NvmeException;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Keeps data from being destroyed by mistake. Before anything is written to or deallocated from a
 * device, it has to be allowed by an option, or by typing its serial number. Drives that the kernel
 * uses, or that have partitions, are refused whatever is allowed. The built-in controller is free,
 * unless its namespace is a file that it has not made.
 */
public final class WriteSafety {
    private final boolean allowed;
    private final Set<String> confirmed = new HashSet<>();
    private final KernelDrives kernelDrives;
    private final Function<String, Optional<String>> ask;

    /**
     * @param allowed whether all data may be destroyed
     * @param ask shows a question and gives the answer, or nothing where nobody can be asked
     */
    public WriteSafety(
            boolean allowed, KernelDrives kernelDrives, Function<String, Optional<String>> ask) {
        this.allowed = allowed;
        this.kernelDrives = kernelDrives;
        this.ask = ask;
    }

    /**
     * Looks at a device that is to be written, before it is attached to.
     *
     * @throws NvmeException if the kernel uses it
     */
    public void checkBeforeAttach(TransportId id) {
        String address = id.get("traddr").orElse("");
        kernelDrives
                .use(address)
                .ifPresent(
                        use -> {
                            throw new NvmeException(
                                    "%s is not written to: the kernel uses it as %s"
                                            .formatted(address, use));
                        });
    }

    /**
     * Looks at the namespaces that a run writes, and asks.
     *
     * @throws NvmeException if one has partitions, or is not to be written
     */
    public void check(RunPlan plan) {
        Map<Target, String> written = new LinkedHashMap<>();
        for (List<ThreadPlan> phase : plan.phases()) {
            for (ThreadPlan thread : phase) {
                for (QueuePlan queue : thread.queues()) {
                    if (queue.job().destroysData() && !queue.target().controller().isSelfMade()) {
                        written.merge(
                                queue.target(),
                                range(queue),
                                (a, b) -> a.contains(b) ? a : a + ", " + b);
                    }
                }
            }
        }
        written.forEach(this::check);
    }

    private static String range(QueuePlan queue) {
        Span span = queue.span();
        long size = queue.target().namespace().blocks();
        return span.blocks() == size
                ? "all"
                : "LBA %d to %d".formatted(span.first(), span.first() + span.blocks() - 1);
    }

    /** One namespace, of which a range is written. */
    void check(Target target, String range) {
        List<String> contents = DiskContents.of(target);
        String partitions =
                String.join(
                        ", ", contents.stream().filter(DiskContents::isPartitionTable).toList());
        if (!partitions.isEmpty()) {
            throw new NvmeException(
                    "%s is not written to: it has partitions (%s); remove them first, as by wipefs or blkdiscard while the kernel has the drive"
                            .formatted(target.label(), partitions));
        }
        if (!allowed && confirmed.add(target.label())) {
            confirm(target, describe(target, range, contents));
        }
    }

    private static String describe(Target target, String range, List<String> contents) {
        return "%s (%s, serial number %s, %s)%s: %s of its data would be lost"
                .formatted(
                        target.label(),
                        target.controller().identify().modelNumber(),
                        target.controller().identify().serialNumber(),
                        ByteSize.format(target.namespace().sizeInBytes()),
                        contents.isEmpty() ? "" : " with " + String.join(", ", contents),
                        range);
    }

    private void confirm(Target target, String loss) {
        String serial = target.controller().identify().serialNumber().strip();
        Optional<String> answer =
                ask.apply(loss + ".\nType its serial number to go on, anything else to stop: ");
        if (answer.isEmpty()) {
            throw new NvmeException(loss + ": add --destroy-data if they may be");
        }
        if (!answer.get().strip().toUpperCase(Locale.ROOT).equals(serial.toUpperCase(Locale.ROOT))
                || serial.isEmpty()) {
            throw new NvmeException(
                    "that is not the serial number of " + target.label() + ": nothing was written");
        }
    }
}
