// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.shim;

import io.nvme4j.internal.shim.generated.Nvme4j;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** A queue pair's handle. One thread at a time; nothing may be called after {@link #destroy}. */
public final class NativeQueuePair {
    /*
     * The generated binding of n4j_qpair_process takes segments, and keeps each one's arena open for
     * the call. This one takes addresses as numbers: no object and no atomic operation a call. The
     * callers keep the memory alive.
     */
    private static final MethodHandle PROCESS =
            Linker.nativeLinker()
                    .downcallHandle(
                            Nvme4j.n4j_qpair_process$address(),
                            FunctionDescriptor.of(
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_INT));

    private final MemorySegment handle;
    private final long address;

    NativeQueuePair(MemorySegment handle) {
        this.handle = handle;
        this.address = handle.address();
    }

    /**
     * Submits {@code count} records and reaps up to {@code max} completions, in one downcall.
     *
     * @param submissions address of the first submission record
     * @param completions address of room for {@code max} completion records
     * @return completions written, or a negative errno
     */
    public int process(long submissions, int count, long completions, int max) {
        try {
            return (int) PROCESS.invokeExact(address, submissions, count, completions, max);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a downcall throws nothing that is checked", e);
        }
    }

    /**
     * Asks the controller to abort the command in flight that has this tag.
     *
     * @return 0, or a negative errno if it wasn't asked
     */
    public int abort(long tag) {
        return Nvme4j.n4j_qpair_abort(handle, tag);
    }

    /** Deletes the queue pair; the controller no longer works on its commands when it returns. */
    public void destroy() {
        ErrorText.check("deleting the queue pair", Nvme4j.n4j_qpair_destroy(handle));
    }
}
