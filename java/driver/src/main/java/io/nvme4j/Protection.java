// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import io.nvme4j.map.BlockLayout;

import java.util.Objects;
import java.util.Set;

/**
 * What a controller does with the protection information of a command's blocks (NVM Command Set,
 * "Protection Information Field", PRINFO, and the tags beside it).
 *
 * @param action whether the controller itself makes (on writes) or removes (on reads) it (PRACT)
 * @param checked parts that the controller checks
 * @param referenceTag expected or initial reference tag of the first block (EILBRT, ILBRT), 32 bits
 * @param applicationTag expected or initial application tag (ELBAT, LBAT), 16 bits
 * @param applicationTagMask bits of it that are checked (ELBATM, LBATM)
 */
public record Protection(
        boolean action,
        Set<ProtectionInformation.Part> checked,
        long referenceTag,
        int applicationTag,
        int applicationTagMask) {
    /** Nothing made, removed or checked. */
    public static final Protection NONE = new Protection(false, Set.of(), 0, 0, 0);

    private static final int REFERENCE_TAG = 1 << 26;
    private static final int APPLICATION_TAG = 1 << 27;
    private static final int GUARD = 1 << 28;
    private static final int ACTION = 1 << 29;

    private static final int TUPLE_BYTES = 8;

    /** Keeps its own copy of the set. */
    public Protection {
        checked = Set.copyOf(Objects.requireNonNull(checked, "checked"));
    }

    /**
     * {@return a protection with which all is checked, with tags as Type 1 has them: reference tags
     * are the lower 32 bits of the LBA}
     *
     * @param action as {@link #action()}
     * @param startingLba first logical block, in the whole namespace: that of a slice and {@link
     *     Namespace#firstBlock} more
     * @param applicationTag that a write gives to blocks, and a check wants (LBAT or ELBAT), 0 to
     *     65,535
     * @param mask bits of the application tag that are checked (LBATM or ELBATM), 0 to 65,535
     */
    public static Protection checked(
            boolean action, long startingLba, int applicationTag, int mask) {
        return new Protection(
                action,
                ProtectionInformation.Part.ALL,
                startingLba & 0xFFFF_FFFFL,
                applicationTag,
                mask);
    }

    /** CDW12 bits 29:26, PRINFO, in their place. */
    int control() {
        return (action ? ACTION : 0)
                | (checked.contains(ProtectionInformation.Part.GUARD) ? GUARD : 0)
                | (checked.contains(ProtectionInformation.Part.APPLICATION_TAG)
                        ? APPLICATION_TAG
                        : 0)
                | (checked.contains(ProtectionInformation.Part.REFERENCE_TAG) ? REFERENCE_TAG : 0);
    }

    /** CDW15. */
    int applicationTags() {
        return applicationTag & 0xFFFF | applicationTagMask << 16;
    }

    /**
     * A block as transfers see it: where metadata are but protection information that the
     * controller makes and removes, there are none.
     */
    BlockLayout asMoved(BlockLayout layout) {
        if (!action || layout.metadataSize() != TUPLE_BYTES) {
            return layout;
        }
        return new BlockLayout(
                layout.blockSize(), 0, false, layout.optimalIoBoundary(), layout.zoneSize());
    }
}
