// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.shim;

import io.nvme4j.internal.shim.generated.Nvme4j;
import io.nvme4j.internal.shim.generated.n4j_injected;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.LongStream;

/** A handle of a drive that outlives its attaches. Thread-safe. */
public final class NativeDrive {
    /** Records that C keeps. */
    private static final long HISTORY_MOST = 1 << 20;

    private final MemorySegment handle;
    private boolean closed; // guarded by this

    private NativeDrive(MemorySegment handle) {
        this.handle = handle;
    }

    /** Makes the drive that the transport id describes and names. */
    public static NativeDrive open(String transportId) {
        NativeLibrary.ensureLoaded();
        return new NativeDrive(
                ErrorText.handle(
                        "making the drive \"" + transportId + "\"",
                        (texts, handle, text, size) ->
                                Nvme4j.n4j_drive_open(
                                        texts.allocateFrom(transportId), handle, text, size)));
    }

    /**
     * A record of the history: {@code n4j_injected}.
     *
     * @param delayNanos -1: until it is aborted
     */
    public record Injected(
            int rule,
            int queue,
            long command,
            int opcode,
            long lba,
            int blocks,
            int status,
            long delayNanos) {}

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the drive is closed");
        }
    }

    /** Cuts its power, unless that is off. */
    public synchronized void cutPower() {
        requireOpen();
        Nvme4j.n4j_drive_cut_power(handle);
    }

    /** Powers it on, unless it is. */
    public synchronized void powerOn() {
        requireOpen();
        ErrorText.call(
                "powering the drive on",
                (texts, text, size) -> Nvme4j.n4j_drive_power_on(handle, text, size));
    }

    /** What has gone wrong so far, as far as it was kept. */
    public synchronized List<Injected> history() {
        requireOpen();
        long count =
                Math.min(Nvme4j.n4j_drive_history(handle, 0, MemorySegment.NULL, 0), HISTORY_MOST);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment records = n4j_injected.allocateArray(count, arena);
            Nvme4j.n4j_drive_history(handle, 0, records, count);
            return LongStream.range(0, count)
                    .mapToObj(index -> injected(n4j_injected.asSlice(records, index)))
                    .toList();
        }
    }

    private static Injected injected(MemorySegment record) {
        return new Injected(
                Byte.toUnsignedInt(n4j_injected.rule(record)),
                Short.toUnsignedInt(n4j_injected.queue(record)),
                n4j_injected.command(record),
                Byte.toUnsignedInt(n4j_injected.opcode(record)),
                n4j_injected.lba(record),
                n4j_injected.blocks(record),
                Short.toUnsignedInt(n4j_injected.status(record)),
                n4j_injected.delay_ns(record));
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
