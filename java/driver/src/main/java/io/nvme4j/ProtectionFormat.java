// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import java.util.Set;

/**
 * Which protection information a namespace's metadata have (NVM Command Set, "End-to-end Data
 * Protection").
 *
 * @param type 1, 2 or 3 (DPS bits 2:0), or 0 for none
 * @param isFirst whether it is the first 8 bytes of the metadata (DPS bit 3), else the last
 */
public record ProtectionFormat(int type, boolean isFirst) {
    /** No protection information. */
    public static final ProtectionFormat NONE = new ProtectionFormat(0, false);

    private static final Set<ProtectionInformation.Part> WITHOUT_REFERENCE_TAG =
            Set.of(ProtectionInformation.Part.GUARD, ProtectionInformation.Part.APPLICATION_TAG);

    /** Checks that there is such a type. */
    public ProtectionFormat {
        if (type < 0 || type > 3) {
            throw new IllegalArgumentException(
                    "protection information has type 1, 2 or 3, or 0 for none, not " + type);
        }
    }

    /** {@return whether there is any} */
    public boolean isPresent() {
        return type != 0;
    }

    /** {@return what a controller can check of it: Type 3 has no reference tags that it could} */
    public Set<ProtectionInformation.Part> checkable() {
        return switch (type) {
            case 0 -> Set.of();
            case 3 -> WITHOUT_REFERENCE_TAG;
            default -> ProtectionInformation.Part.ALL;
        };
    }

    /** Whether each block's reference tag is one more than that of the block before. */
    boolean referenceTagFollowsLba() {
        return type == 1 || type == 2;
    }
}
