// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.shim;

import io.nvme4j.internal.shim.generated.Nvme4j;

import java.lang.foreign.MemorySegment;

/** A server's handle. Thread-safe. */
public final class NativeServer {
    private final MemorySegment handle;
    private final String transportId;
    private boolean stopped;

    private NativeServer(MemorySegment handle) {
        this.handle = handle;
        this.transportId = Nvme4j.n4j_server_transport_id(handle).getString(0);
    }

    /** Serves what the transport id names, in a directory. */
    public static NativeServer start(String transportId, String directory) {
        NativeLibrary.ensureLoaded();
        return new NativeServer(
                ErrorText.handle(
                        "serving \"" + transportId + "\"",
                        (texts, handle, text, size) ->
                                Nvme4j.n4j_server_start(
                                        texts.allocateFrom(transportId),
                                        texts.allocateFrom(directory),
                                        handle,
                                        text,
                                        size)));
    }

    /** What hosts attach with. */
    public String transportId() {
        return transportId;
    }

    /** Ends it, once. */
    public synchronized void stop() {
        if (!stopped) {
            stopped = true;
            Nvme4j.n4j_server_stop(handle);
        }
    }
}
