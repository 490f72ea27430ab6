// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.shim;

import io.nvme4j.internal.shim.generated.Nvme4j;
import io.nvme4j.internal.shim.generated.n4j_injected;
import io.nvme4j.internal.shim.generated.n4j_recording;

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

    /** Cuts its power, unless that is off. */
    public synchronized void cutPower() {
        Nvme4j.n4j_drive_cut_power(open());
    }

    /** Powers it on, unless it is. */
    public synchronized void powerOn() {
        ErrorText.call(
                "powering the drive on",
                (texts, text, size) -> Nvme4j.n4j_drive_power_on(open(), text, size));
    }

    /** What has gone wrong so far, as far as it was kept. */
    public synchronized List<Injected> history() {
        long count =
                Math.min(Nvme4j.n4j_drive_history(open(), 0, MemorySegment.NULL, 0), HISTORY_MOST);
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

    /** Begins a recording, instead of one that it has. */
    public synchronized void record() {
        ErrorText.call(
                "recording what a drive is asked to do",
                (texts, text, size) -> Nvme4j.n4j_drive_record(open(), text, size));
    }

    /** A moment of the recording: later than all that has happened, earlier than what will. */
    public synchronized long moment() {
        return Nvme4j.n4j_drive_moment(open());
    }

    /** Ends the recording. It lives as long as the drive, or until another one is begun. */
    public synchronized NativeRecording recording() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment view = n4j_recording.allocate(arena);
            ErrorText.call(
                    "taking a drive's recording",
                    (texts, text, size) -> Nvme4j.n4j_drive_recording(open(), view, text, size));
            return NativeRecording.of(view);
        }
    }

    /**
     * Makes another drive of what this one has recorded.
     *
     * @param contents addresses of contents, by block of the recording, which are read with each
     *     access; they live as long as the fork
     */
    public synchronized NativeDrive fork(String transportId, MemorySegment contents) {
        return new NativeDrive(
                ErrorText.handle(
                        "forking a drive",
                        (texts, fork, text, size) ->
                                Nvme4j.n4j_drive_fork(
                                        open(),
                                        texts.allocateFrom(transportId),
                                        contents,
                                        fork,
                                        text,
                                        size)));
    }

    /** Forgets what was written to this fork. No command is in flight. */
    public synchronized void reset() {
        Nvme4j.n4j_drive_reset(open());
    }

    private MemorySegment open() {
        if (closed) {
            throw new IllegalStateException("the drive is closed");
        }
        return handle;
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
