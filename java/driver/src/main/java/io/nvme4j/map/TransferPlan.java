// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.map;

import java.util.List;

/**
 * The commands that a transfer becomes, found without any I/O.
 *
 * @param commands in the order of the data; none where the memory can't be used without a copy
 * @param atomicWriteUnit most blocks that one write command changes all at once, as the controller
 *     says (AWUN or NAWUN)
 */
public record TransferPlan(List<PlannedCommand> commands, int atomicWriteUnit) {
    /** Whether the memory can't be used where it is, so that the data must be copied. */
    public boolean needsCopy() {
        return commands.isEmpty();
    }

    /**
     * Whether a write would be atomic: seen by others, and found after a loss of power, whole or
     * not at all. One that is split never is, nor is one of more blocks than the atomic write unit.
     */
    public boolean isAtomic() {
        return commands.size() == 1 && commands.getFirst().blocks() <= atomicWriteUnit;
    }
}
