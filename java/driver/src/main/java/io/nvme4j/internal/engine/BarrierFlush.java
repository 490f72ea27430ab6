// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.engine;

import io.nvme4j.internal.queue.NvmCommand;

/**
 * A Flush after everything that was published to the lanes before: each lane arrives at the barrier
 * when it has nothing in flight, and the last to arrive sends the Flush.
 */
public final class BarrierFlush implements Special {
    private final Barrier barrier;
    private final int namespace;

    public BarrierFlush(Barrier barrier, int namespace) {
        this.barrier = barrier;
        this.namespace = namespace;
    }

    @Override
    public boolean start(LaneCommands commands, Caller caller) {
        if (!commands.isIdle()) {
            return false;
        }
        if (barrier.arrive()) {
            send(
                    commands,
                    new Caller(
                            barrier.caller(), caller.tag(), caller.sequence(), caller.deadline()));
        }
        return true;
    }

    private void send(LaneCommands commands, Caller caller) {
        if (barrier.failure() != 0) {
            commands.tell(caller, barrier.failure());
            return;
        }
        long record = commands.nextRecord();
        NvmCommand.putFlush(record, namespace);
        commands.await(commands.queue().take(record), caller, record);
        commands.stage(1);
    }
}
