// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.memory;

import io.nvme4j.internal.map.MappedMemory;

/** Closes memory as {@link DmaMemory} does. */
public final class ClosingsAccess {
    private ClosingsAccess() {}

    /** Returns whether it could be closed. */
    public static boolean close(Closings closings, MappedMemory memory) {
        try {
            closings.close(memory, () -> {});
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }
}
