// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.shim;

import io.nvme4j.internal.shim.generated.Nvme4j;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A handle of a drive that outlives its attaches. Thread-safe. */
public final class NativeDrive {
    private final MemorySegment handle;
    private boolean closed; // guarded by this

    private NativeDrive(MemorySegment handle) {
        this.handle = handle;
    }

    /** Makes the drive that the transport id describes and names. */
    public static NativeDrive open(String transportId) {
        NativeLibrary.ensureLoaded();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment handle = arena.allocate(ValueLayout.ADDRESS);
            ErrorText.call(
                    "making the drive \"" + transportId + "\"",
                    (texts, text, size) ->
                            Nvme4j.n4j_drive_open(
                                    texts.allocateFrom(transportId), handle, text, size));
            return new NativeDrive(handle.get(ValueLayout.ADDRESS, 0));
        }
    }

    /** Closes it, unless it is closed; fails while a controller of it is attached. */
    public synchronized void close() {
        if (!closed) {
            ErrorText.call(
                    "closing the drive",
                    (texts, text, size) -> Nvme4j.n4j_drive_close(handle, text, size));
            closed = true;
        }
    }
}
