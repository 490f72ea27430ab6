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

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.util.Objects;

/**
 * What {@code io.nvme4j} keeps from callers and gives to the engine, which asks {@link Api}. That
 * package hands it in as {@link Controller} is initialised.
 */
public abstract class ApiAccess {
    private static volatile @Nullable ApiAccess instance;

    /** Hands it in. */
    public static void set(ApiAccess access) {
        instance = access;
    }

    static ApiAccess get() {
        try {
            MethodHandles.lookup().ensureInitialized(Controller.class);
        } catch (IllegalAccessException e) {
            throw new AssertionError("the class is public", e);
        }
        return Objects.requireNonNull(instance, "Controller hands it in");
    }

    protected abstract DmaMemory memory(Controller controller);

    protected abstract CommandQueue commandQueue(Controller controller, int depth);

    protected abstract int invalidatedNamespaces(Controller controller);

    protected abstract boolean isPlain(Namespace namespace);

    protected abstract void checkMemory(Namespace namespace, DmaMemory user);

    protected abstract TransferTask describe(
            Transfer transfer, TransferTask task, ScatterGatherList list, DmaMemory user);

    protected abstract long lba(Namespace namespace, long startingLba, int count);

    protected abstract Command taken(Command command, DmaMemory user, MappingRules rules);
}
