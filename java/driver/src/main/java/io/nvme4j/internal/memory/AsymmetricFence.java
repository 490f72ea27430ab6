// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.memory;

import io.nvme4j.internal.shim.NativeThread;

import java.lang.invoke.VarHandle;

/**
 * Two fences between a write and a read, for two threads each of which must see the other's write
 * if the other doesn't see its own: a light one for the thread that does this with every command,
 * and a heavy one for the thread that does it now and then. The heavy one has the kernel put a full
 * fence into all threads, so that the light one is nothing but the order in which the compiler
 * leaves the two. Where the kernel can't, both are full fences.
 *
 * <p>C++ proposal P1202, "Asymmetric fences", describes the same.
 */
public final class AsymmetricFence {
    private static final boolean IS_ASYMMETRIC = NativeThread.barrier();

    private AsymmetricFence() {}

    /** Goes between the write and the read of the thread that does this often. */
    public static void light() {
        if (IS_ASYMMETRIC) {
            VarHandle.releaseFence();
            VarHandle.acquireFence();
        } else {
            VarHandle.fullFence();
        }
    }

    /** Goes between those of the thread that does this seldom, and takes microseconds. */
    public static void heavy() {
        VarHandle.fullFence();
        if (IS_ASYMMETRIC && !NativeThread.barrier()) {
            throw new AssertionError("membarrier(2) does what it once did");
        }
    }
}
