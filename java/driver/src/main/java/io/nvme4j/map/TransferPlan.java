// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.map;

import java.util.List;
import java.util.Objects;

/**
 * The commands that a transfer becomes, found without any I/O.
 *
 * @param commands in the order of the data; none where the memory can't be used without a copy.
 *     LBAs are those of the whole namespace, also of a transfer in a slice
 * @param geometry of the whole namespace
 */
public record TransferPlan(List<PlannedCommand> commands, Geometry geometry) {
    /** Checks that there are both. */
    public TransferPlan {
        Objects.requireNonNull(commands, "commands");
        Objects.requireNonNull(geometry, "geometry");
    }

    /** {@return whether the memory can't be used where it is, so that the data must be copied} */
    public boolean needsCopy() {
        return commands.isEmpty();
    }

    /**
     * {@return whether others would see a write whole or not at all} One that is split never is,
     * nor is one that is more than the atomic write unit or crosses an atomic boundary.
     */
    public boolean isAtomic() {
        return isCoveredBy(geometry.atomic());
    }

    /**
     * {@return whether a loss of power would leave a write whole or not at all; as {@link
     * #isAtomic()}}
     */
    public boolean isAtomicOnPowerFail() {
        return isCoveredBy(geometry.atomicOnPowerFail());
    }

    private boolean isCoveredBy(AtomicUnit unit) {
        if (commands.size() != 1) {
            return false;
        }
        PlannedCommand only = commands.getFirst();
        return unit.coversCommand(only.startingLba(), only.blocks());
    }
}
