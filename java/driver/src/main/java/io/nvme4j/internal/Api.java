// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal;

import io.nvme4j.Command;
import io.nvme4j.Controller;
import io.nvme4j.Namespace;
import io.nvme4j.Transfer;
import io.nvme4j.internal.memory.DmaMemory;
import io.nvme4j.internal.queue.CommandQueue;
import io.nvme4j.internal.queue.TransferTask;
import io.nvme4j.map.MappingRules;
import io.nvme4j.memory.ScatterGatherList;

/** What the engine knows of {@code io.nvme4j}'s classes, beside what callers do. */
public final class Api {
    private static final ApiAccess ACCESS = ApiAccess.get();

    private Api() {}

    /** The memory that a controller reaches. */
    public static DmaMemory memory(Controller controller) {
        return ACCESS.memory(controller);
    }

    /**
     * Creates a queue pair without the conveniences of {@link io.nvme4j.QueuePair}.
     *
     * @param depth as in {@link Controller#queuePair(int)}
     */
    public static CommandQueue commandQueue(Controller controller, int depth) {
        return ACCESS.commandQueue(controller, depth);
    }

    /** How many namespaces of a controller take no command any more, as it was last asked. */
    public static int invalidatedNamespaces(Controller controller) {
        return ACCESS.invalidatedNamespaces(controller);
    }

    /**
     * Whether a transfer that a command can carry is one command, as {@link
     * io.nvme4j.map.BlockLayout#isPlain} has it.
     */
    public static boolean isPlain(Namespace namespace) {
        return ACCESS.isPlain(namespace);
    }

    /**
     * Checks that a namespace is the controller's whose memory this is.
     *
     * @throws IllegalArgumentException if it is another's
     */
    public static void checkMemory(Namespace namespace, DmaMemory user) {
        ACCESS.checkMemory(namespace, user);
    }

    /**
     * Checks that a queue of a controller can take this, and tells it what to do. Each field is
     * looked at once: so what was checked is what is done, whoever changes this meanwhile.
     *
     * @param list {@link Transfer#list()}, which is in use already
     * @param user memory of the controller
     * @throws IllegalArgumentException if the list is no whole number of blocks, can't be used, or
     *     anything belongs to another controller
     * @throws IndexOutOfBoundsException if the metadata are not inside their buffer
     */
    public static TransferTask describe(
            Transfer transfer, TransferTask task, ScatterGatherList list, DmaMemory user) {
        return ACCESS.describe(transfer, task, list, user);
    }

    /**
     * The LBA by which the controller knows a block of a namespace, or of a slice.
     *
     * @param startingLba as the caller counts
     * @param count blocks that a command is about, 1 or more
     * @throws IndexOutOfBoundsException if they are not inside a slice
     */
    public static long lba(Namespace namespace, long startingLba, int count) {
        return ACCESS.lba(namespace, startingLba, count);
    }

    /**
     * A command as a controller is given it: a copy, which nobody changes, checked, and with LBAs
     * of the whole namespace.
     *
     * @param user memory of the controller
     * @param rules of its data pointers
     * @throws IllegalStateException if the data are closed
     * @throws IllegalArgumentException if it can't be given this
     * @throws IndexOutOfBoundsException if it is about blocks that are not inside its slice
     */
    public static Command taken(Command command, DmaMemory user, MappingRules rules) {
        return ACCESS.taken(command, user, rules);
    }
}
