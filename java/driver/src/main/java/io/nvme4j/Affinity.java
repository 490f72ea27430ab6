// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import io.nvme4j.internal.shim.NativeThread;

/** Which processor a thread runs on. */
public final class Affinity {
    private Affinity() {}

    /**
     * Pins the calling platform thread to one processor.
     *
     * @param processor number of the processor, from 0
     * @throws io.nvme4j.error.ShimException if the process may not run there
     * @throws IllegalStateException on a virtual thread, which would pin whatever carries it
     */
    public static void pin(int processor) {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("a virtual thread can't be pinned to a processor");
        }
        NativeThread.pin(processor);
    }
}
