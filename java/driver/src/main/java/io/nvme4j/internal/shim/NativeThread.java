// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.shim;

import io.nvme4j.internal.shim.generated.Nvme4j;

/** What the operating system does to threads. */
public final class NativeThread {
    private NativeThread() {}

    /** Pins the calling platform thread to one processor. */
    public static void pin(int processor) {
        NativeLibrary.ensureLoaded();
        ErrorText.check(
                "pinning the thread to processor " + processor, Nvme4j.n4j_thread_pin(processor));
    }

    /**
     * Makes every running thread of the process pass a full memory barrier.
     *
     * @return whether the kernel does; if once, then always
     */
    public static boolean barrier() {
        NativeLibrary.ensureLoaded();
        return Nvme4j.n4j_thread_barrier() == 0;
    }
}
