// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import io.nvme4j.internal.ApiAccess;
import io.nvme4j.internal.memory.DmaMemory;
import io.nvme4j.internal.queue.CommandQueue;
import io.nvme4j.internal.queue.TransferTask;
import io.nvme4j.map.MappingRules;
import io.nvme4j.memory.ScatterGatherList;

/** Gives the engine what this package keeps from callers. */
final class Access extends ApiAccess {
    @Override
    protected DmaMemory memory(Controller controller) {
        return controller.memory();
    }

    @Override
    protected int invalidatedNamespaces(Controller controller) {
        return controller.invalidatedNamespaces();
    }

    @Override
    protected CommandQueue commandQueue(Controller controller, int depth) {
        return controller.commandQueue(depth);
    }

    @Override
    protected boolean isPlain(Namespace namespace) {
        return namespace.isPlain();
    }

    @Override
    protected void checkMemory(Namespace namespace, DmaMemory user) {
        namespace.checkMemory(user);
    }

    @Override
    protected TransferTask describe(
            Transfer transfer, TransferTask task, ScatterGatherList list, DmaMemory user) {
        return transfer.describe(task, list, user);
    }

    @Override
    protected long lba(Namespace namespace, long startingLba, int count) {
        return namespace.lba(startingLba, count);
    }

    @Override
    protected Command taken(Command command, DmaMemory user, MappingRules rules) {
        return command.taken(user, rules);
    }
}
