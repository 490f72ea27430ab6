// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.load;

import io.nvme4j.Controller;
import io.nvme4j.Namespace;
import io.nvme4j.QueuePairOptions;
import io.nvme4j.error.NvmeException;
import io.nvme4j.map.BlockLayout;
import io.nvme4j.map.TransferPlan;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.ScatterGatherList;

import org.jspecify.annotations.Nullable;

/**
 * How many commands the largest read or write of a queue becomes.
 *
 * @param usual from the first block on, in the first slot
 * @param most from any block on, as boundaries may cut it once more, and in any slot
 */
public record IoSplit(int usual, int most) {
    /** Of deallocations, which are not split. */
    public static final IoSplit NONE = new IoSplit(1, 1);

    /** Most commands that can wait in a queue pair. */
    private static final int MOST_WAITING = 1 << 16;

    /**
     * Plans one, without any I/O.
     *
     * @param list its data, with metadata where these are among them
     * @param metadata where they are apart
     */
    public static IoSplit of(
            Controller controller,
            Namespace namespace,
            ScatterGatherList list,
            @Nullable DmaBuffer metadata) {
        TransferPlan plan =
                controller.plan(namespace, 0, list, metadata, controller.mappingRules());
        int usual = Math.max(1, plan.commands().size());
        BlockLayout layout = namespace.layout();
        int more =
                (layout.optimalIoBoundary() > 0 ? 1 : 0)
                        + (layout.zoneSize() > 0 ? 1 : 0)
                        + (metadata == null ? 0 : 1);
        return new IoSplit(usual, usual + more);
    }

    /** Most I/Os that a queue can have outstanding. */
    public static int mostIos(Controller controller) {
        return controller.limits().queueDepth() + MOST_WAITING;
    }

    /**
     * Says what a queue pair is like that takes a queue's I/Os. Commands beyond the depth of the
     * controller's queues wait in it.
     *
     * @param depth I/Os in flight
     * @param slots I/Os in flight or on standby
     * @throws NvmeException if they are more commands than it takes
     */
    public QueuePairOptions options(Controller controller, int depth, int slots) {
        long wanted = (long) depth * usual;
        int inFlight = (int) Math.min(wanted, controller.limits().queueDepth());
        long waiting = (long) slots * most - inFlight;
        if (waiting > MOST_WAITING) {
            throw new NvmeException(
                    "%d I/Os of up to %d commands each are more than a queue pair takes: use -q %d or less"
                            .formatted(slots, most, mostIos(controller) / most));
        }
        return QueuePairOptions.depth(inFlight).standby((int) waiting);
    }
}
