// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.embedded;

import io.nvme4j.Controller;
import io.nvme4j.internal.sweep.Fork;
import io.nvme4j.internal.sweep.Point;
import io.nvme4j.internal.sweep.Version;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.function.Function;

/**
 * A drive that holds one state of a recording after the other, without a copy: it has the addresses
 * of what its blocks hold. Its controller stays attached. One thread's.
 */
final class DriveFork implements Fork {
    private final Arena arena = Arena.ofShared();
    private final MemorySegment contents;
    private final EmbeddedDrive drive;
    private final Controller controller;
    private final Function<Controller, ? extends CrashSweep.Checker> checkers;
    private final CrashSweep.Checker checker;
    private final CrashLog log;

    /* The same for many states. */
    private Point last = new Point(-1, List.of(), List.of());
    private CrashPoint cut = new CrashPoint(List.of());

    DriveFork(
            EmbeddedDrive of,
            CrashRecording recording,
            CrashLog log,
            Function<Controller, ? extends CrashSweep.Checker> checkers) {
        this.checkers = checkers;
        this.log = log;
        contents = arena.allocate(ValueLayout.JAVA_LONG, Math.max(1, recording.blocks()));
        recording.recording().earlier().forEach(this::put);
        drive = of.fork(contents);
        controller = drive.attach();
        checker = checkers.apply(controller);
    }

    @Override
    public void put(Version version) {
        put(version.block(), version.content());
    }

    void put(int block, long content) {
        contents.setAtIndex(ValueLayout.JAVA_LONG, block, content);
    }

    /** Records the check of a state, which is there again afterwards. */
    CrashRecording record(Point point) throws Exception {
        drive.reset();
        CrashLog none = drive.record();
        try {
            check(point);
        } finally {
            drive.reset();
        }
        return new CrashRecording(drive.recording(), none);
    }

    /** A fork of this one, for the states of a check that was recorded. */
    DriveFork fork(CrashRecording recording) {
        return new DriveFork(drive, recording, log, checkers);
    }

    @Override
    public void check(Point point) throws Exception {
        if (point.time() != last.time()) {
            last = point;
            cut = new CrashPoint(log.marksBefore(point.time()));
        }
        drive.reset();
        checker.check(cut);
    }

    @Override
    public void close() {
        checker.close();
        controller.close();
        drive.close();
        arena.close(); // last: the drive reads it
    }
}
