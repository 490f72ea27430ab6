// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.embedded;

import io.nvme4j.Controller;
import io.nvme4j.error.NvmeException;
import io.nvme4j.internal.shim.NativeDrive;
import io.nvme4j.internal.shim.NativeRecording;
import io.nvme4j.spec.Status;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * A drive of the built-in controller. It outlives its attaches: what was written is there at the
 * next one, in memory, too, until the drive is closed.
 *
 * <pre>{@code
 * try (EmbeddedDrive drive = EmbeddedDrive.inMemory(64 << 20).blockSize(4096).build()) {
 *     try (Controller controller = drive.attach()) { ... }
 *     try (Controller controller = drive.attach()) { ... } // has what the first one wrote
 * }
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class EmbeddedDrive implements AutoCloseable {
    private static final AtomicLong COUNT = new AtomicLong();

    private final String transportId;
    private final String keys;
    private final NativeDrive drive;

    EmbeddedDrive(String keys) {
        this(newTransportId(keys), keys, NativeDrive::open);
    }

    private EmbeddedDrive(String transportId, String keys, Function<String, NativeDrive> open) {
        this.transportId = transportId;
        this.keys = keys;
        this.drive = open.apply(transportId);
    }

    private static String newTransportId(String keys) {
        return "trtype:EMBEDDED drive:java-" + COUNT.incrementAndGet() + keys;
    }

    /**
     * {@return the builder of a drive in this process's memory} What was never written takes none.
     *
     * @param bytes of each namespace, without metadata; a multiple of the block size
     */
    public static EmbeddedDriveBuilder inMemory(long bytes) {
        return new EmbeddedDriveBuilder("memory").size(bytes);
    }

    /**
     * {@return the builder of a drive in a regular file, which is made if it isn't there, and
     * locked until the drive is closed} Other processes may attach to it then ({@code
     * traddr:PATH}).
     *
     * @param path without blanks
     * @param bytes as in {@link #inMemory}; a file that is there has to have as many
     * @throws IllegalArgumentException if the path has blanks
     */
    public static EmbeddedDriveBuilder inFile(Path path, long bytes) {
        return new EmbeddedDriveBuilder(path.toAbsolutePath().toString()).size(bytes);
    }

    /**
     * Powers a controller of the drive on. There is one at a time; closing it shuts it down.
     *
     * @return the controller, enabled, which the caller closes
     * @throws NvmeException if the drive is closed, has a controller already, or has no power
     */
    public Controller attach() {
        return Controller.attach(transportId);
    }

    /**
     * {@return the drive in the form in which it can be attached to in this process while it is
     * open} Without its {@code drive:}, it describes a drive like this one anywhere ({@code
     * ./nvme4j bench -r}).
     */
    public String transportId() {
        return transportId;
    }

    /**
     * {@return what has gone wrong with I/O commands since the drive was made, as its faults say:
     * the first 1,048,576 things} Of each queue it is in the order of its commands, and the same in
     * every run with the same commands and seed.
     *
     * @throws IllegalStateException if the drive is closed
     */
    public List<InjectedFault> history() {
        return drive.history().stream().map(EmbeddedDrive::fault).toList();
    }

    private static InjectedFault fault(NativeDrive.Injected injected) {
        return new InjectedFault(
                injected.rule(),
                injected.queue(),
                injected.command(),
                injected.opcode(),
                injected.lba(),
                injected.blocks(),
                Status.of(injected.status()),
                injected.delayNanos());
    }

    /** Begins to record what it is asked to do. */
    CrashLog record() {
        drive.record();
        return new CrashLog(drive);
    }

    /** Ends that. */
    NativeRecording recording() {
        return drive.recording();
    }

    /**
     * Makes a drive like this, of what was recorded of this one.
     *
     * @param contents addresses of what its blocks hold, by their numbers in the recording
     */
    EmbeddedDrive fork(MemorySegment contents) {
        return new EmbeddedDrive(newTransportId(keys), keys, id -> drive.fork(id, contents));
    }

    /** Has a fork forget what was written to it. */
    void reset() {
        drive.reset();
    }

    /**
     * Cuts the drive's power, from any thread, whoever has it attached, this process or hosts of an
     * {@link EmbeddedServer}. When this returns, nothing is executed any more. The controller has
     * failed: its commands, those in flight too, end with {@link
     * io.nvme4j.error.ControllerLostException}, and resets fail until power is back; it can be
     * closed as ever. Does nothing where power is off.
     *
     * <p>What is lost, {@link EmbeddedDriveBuilder#volatileWriteCache} says.
     *
     * @throws IllegalStateException if the drive is closed
     */
    public void cutPower() {
        drive.cutPower();
    }

    /**
     * Powers the drive on again, from any thread: from here on it has what the cut has left, which
     * the seed draws among all that it may have left. It can be attached to; a controller that was
     * there when power was cut works after its next {@link Controller#reset}. Does nothing where
     * power is on. A drive that is closed without power has what the cut has left in its file.
     *
     * @throws NvmeException if there is no memory for that, or its file can't be written; power
     *     stays off, and this can be tried again
     * @throws IllegalStateException if the drive is closed
     */
    public void powerOn() {
        drive.powerOn();
    }

    /**
     * Closes the drive; what was in memory is gone. Does nothing the second time.
     *
     * @throws NvmeException if its controller is attached; the drive is then still there
     */
    @Override
    public void close() {
        drive.close();
    }

    @Override
    public String toString() {
        return transportId;
    }
}
