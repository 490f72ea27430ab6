// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.embedded;

import io.nvme4j.Controller;
import io.nvme4j.internal.sweep.Sweep;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Shows what power cuts do to a program: runs a workload once on a drive, then powers the drive on
 * again and again as cuts at each moment may have left it, and has each such state checked.
 *
 * <pre>{@code
 * CrashReport report =
 *         CrashSweep.of(EmbeddedDrive.inMemory(16 << 20).volatileWriteCache(true))
 *                 .prepare(controller -> format(controller))
 *                 .workload((controller, log) -> { append(controller, 1); log.mark(1); })
 *                 .check((controller, cut) -> assertTrue(recover(controller).containsAll(cut.marks())))
 *                 .run();
 * report.verify();
 * }</pre>
 *
 * <p>What a cut may leave follows from what the host knew (NVMe Base Specification, "Flush"; NVM
 * Command Set, "Force Unit Access" and "Atomic Operations"): durable are writes whose completion
 * the host had consumed before it submitted a Flush that completed, writes with FUA that completed,
 * what a Read or Compare with FUA has returned, and everything that was written before a complete
 * shutdown. Of two writes to a block, the later is that one which was submitted after the other's
 * completion was consumed; if neither is, either may be last. A write that is in flight is on the
 * medium as a whole or not at all if the drive promises that, else block by block.
 *
 * <p>Each is a setting; one thread at a time, while the checks run on several.
 */
public final class CrashSweep {
    private static final int FINDINGS = 10;

    private final EmbeddedDriveBuilder drive;
    private Preparation preparation = controller -> {};
    private @Nullable Workload workload;
    private @Nullable Function<Controller, ? extends Checker> checker;
    private int statesOfPoint = 4096;
    private int recoveries;
    private int hostCrashes;
    private int threads = Runtime.getRuntime().availableProcessors();
    private long seed;

    private CrashSweep(EmbeddedDriveBuilder drive) {
        this.drive = drive;
    }

    /** What comes before the workload. */
    @FunctionalInterface
    public interface Preparation {
        /**
         * Writes what is on the drive from the beginning.
         *
         * @param controller of a new drive; it is closed after this
         * @throws Exception if the drive can't be made ready, which ends the sweep
         */
        void prepare(Controller controller) throws Exception;
    }

    /** What is recorded. */
    @FunctionalInterface
    public interface Workload {
        /**
         * Runs the workload, once.
         *
         * @param controller of the drive that is recorded; it is closed after this
         * @param log for the marks that checks find in {@link CrashPoint#marks}, and for names of
         *     what is written
         * @throws Exception if the workload failed, which ends the sweep
         */
        void run(Controller controller, CrashLog log) throws Exception;
    }

    /** What must hold after each cut. */
    @FunctionalInterface
    public interface Check {
        /**
         * Looks at a drive after a cut; it may write to it as well. It closes what it opens, but
         * not the controller, which has the next state after this returns. It is called by several
         * threads, each with a controller of its own.
         *
         * @param controller its drive holds what the cut has left
         * @param cut what had happened before
         * @throws Exception or an {@link AssertionError} if the state is one that must not be
         */
        void check(Controller controller, CrashPoint cut) throws Exception;
    }

    /**
     * A {@link Check} that keeps what it needs of its controller from one state to the next, such
     * as queue pairs and buffers, which take longer to make than most checks. One thread's.
     */
    public interface Checker extends AutoCloseable {
        /**
         * Looks at a drive after a cut, as {@link Check#check}.
         *
         * @param cut what had happened before
         * @throws Exception or an {@link AssertionError} if the state is one that must not be
         */
        void check(CrashPoint cut) throws Exception;

        /** Closes what it has of the controller. */
        @Override
        void close();
    }

    /**
     * {@return a sweep with a drive like this, in memory}
     *
     * @param drive what it is; what power cuts may leave of it is among that
     */
    public static CrashSweep of(EmbeddedDriveBuilder drive) {
        return new CrashSweep(Objects.requireNonNull(drive, "drive"));
    }

    /**
     * What is done before the recording begins, and is durable; nothing by default.
     *
     * @param newPreparation which is called once, with the new drive's controller
     * @return this
     */
    public CrashSweep prepare(Preparation newPreparation) {
        preparation = Objects.requireNonNull(newPreparation, "newPreparation");
        return this;
    }

    /**
     * What is recorded. The drive is shut down after it.
     *
     * @param newWorkload which is called once, after the preparation
     * @return this
     */
    public CrashSweep workload(Workload newWorkload) {
        workload = Objects.requireNonNull(newWorkload, "newWorkload");
        return this;
    }

    /**
     * What must hold after each cut.
     *
     * @param newCheck which several threads may call at once
     * @return this
     */
    public CrashSweep check(Check newCheck) {
        Objects.requireNonNull(newCheck, "newCheck");
        return checker(controller -> checker(newCheck, controller));
    }

    /**
     * The same by checkers, of which each controller gets one.
     *
     * @param newChecker which makes the checker of a controller; several threads may call it at
     *     once
     * @return this
     */
    public CrashSweep checker(Function<Controller, ? extends Checker> newChecker) {
        checker = Objects.requireNonNull(newChecker, "newChecker");
        return this;
    }

    private static Checker checker(Check check, Controller controller) {
        return new Checker() {
            @Override
            public void check(CrashPoint cut) throws Exception {
                check.check(controller, cut);
            }

            @Override
            public void close() {}
        };
    }

    /**
     * How many states of a point are checked at most. Where there are more, it is those that have
     * nothing and all of what is undecided, each write alone there and alone missing as far as that
     * goes, and others by chance.
     *
     * @param most at least 2; 4096 by default
     * @return this
     */
    public CrashSweep statesOfPoint(int most) {
        statesOfPoint = atLeast(2, most, "states of a point");
        return this;
    }

    /**
     * Of how many states of a point the check is recorded, too, and power cut during it: what
     * recovers from a cut may meet the next one. Needs checks that do the same each time.
     *
     * @param states 0 (default) for none; else at least 2
     * @return this
     */
    public CrashSweep recoveries(int states) {
        recoveries = states == 0 ? 0 : atLeast(2, states, "states of a point");
        return this;
    }

    /**
     * At how many moments of the workload its host crashes, while the drive keeps its power; then
     * the check runs on what is there, and power is cut during that. What was written before the
     * crash may be lost then, though the check has seen it.
     *
     * @param moments 0 (default) for none; evenly spread among the workload's commands
     * @return this
     */
    public CrashSweep hostCrashes(int moments) {
        hostCrashes = atLeast(0, moments, "moments");
        return this;
    }

    /**
     * How many threads check.
     *
     * @param count at least 1; as many as there are processors by default
     * @return this
     */
    public CrashSweep threads(int count) {
        threads = atLeast(1, count, "threads");
        return this;
    }

    /**
     * What is drawn is made of this number; 0 by default.
     *
     * @param value any number; the same states are drawn for the same seed and recording
     * @return this
     */
    public CrashSweep seed(long value) {
        seed = value;
        return this;
    }

    private static int atLeast(int least, int number, String name) {
        if (number < least) {
            throw new IllegalArgumentException(
                    number + " " + name + " are too few: at least " + least);
        }
        return number;
    }

    /**
     * Runs the workload, then the checks.
     *
     * @return what was found; {@link CrashReport#verify} throws if that is anything
     * @throws Exception what the preparation or the workload throws; {@link InterruptedException}
     *     if the thread was interrupted, which ends the checks
     * @throws IllegalStateException if there is no workload or no check
     */
    public CrashReport run() throws Exception {
        if (workload == null || checker == null) {
            throw new IllegalStateException("a sweep has a workload and a check");
        }
        try (EmbeddedDrive recorded = drive.build()) {
            try (Controller controller = recorded.attach()) {
                preparation.prepare(controller);
            }
            CrashLog log = recorded.record();
            try (Controller controller = recorded.attach()) {
                workload.run(controller, log);
            }
            return sweep(recorded, log, checker);
        }
    }

    private CrashReport sweep(
            EmbeddedDrive recorded, CrashLog log, Function<Controller, ? extends Checker> checkers)
            throws Exception {
        CrashRecording recording = new CrashRecording(recorded.recording(), log);
        Supplier<DriveFork> forks = () -> new DriveFork(recorded, recording, log, checkers);
        Sweep.Settings settings = new Sweep.Settings(statesOfPoint, threads, FINDINGS, seed);
        AtomicLong later = new AtomicLong();
        Supplier<RecoveryFork> recovering =
                () ->
                        new RecoveryFork(
                                recording,
                                forks.get(),
                                settings.alone(Math.max(2, recoveries)),
                                later);
        long began = System.nanoTime();
        Sweep.Result result = new Sweep(recording.recording(), forks::get, settings).run();
        List<CrashReport.Violation> violations = new ArrayList<>();
        addViolations(violations, result, recording, log);
        if (recoveries > 0) {
            Sweep second =
                    new Sweep(
                            recording.recording(),
                            recovering::get,
                            new Sweep.Settings(recoveries, threads, FINDINGS, seed));
            addViolations(violations, second.run(), recording, log);
        }
        crashHosts(violations, recording, recovering, log);
        return new CrashReport(
                result.points(),
                result.losing(),
                result.states(),
                later.get(),
                result.possible(),
                Duration.ofNanos(System.nanoTime() - began),
                seed,
                List.copyOf(violations));
    }

    private void crashHosts(
            List<CrashReport.Violation> violations,
            CrashRecording recording,
            Supplier<RecoveryFork> recovering,
            CrashLog log)
            throws Exception {
        for (long moment : recording.recording().moments(hostCrashes)) {
            try (RecoveryFork fork = recovering.get()) {
                fork.crash(moment);
            } catch (AssertionError e) {
                CrashPoint point = new CrashPoint(log.marksBefore(moment));
                violations.add(new CrashReport.Violation(point, List.of("the host"), e));
                return;
            }
        }
    }

    private static void addViolations(
            List<CrashReport.Violation> violations,
            Sweep.Result result,
            CrashRecording recording,
            CrashLog log) {
        result.failures().forEach(failure -> violations.add(violation(failure, recording, log)));
    }

    private static CrashReport.Violation violation(
            Sweep.Failure failure, CrashRecording recording, CrashLog log) {
        return new CrashReport.Violation(
                new CrashPoint(log.marksBefore(failure.point().time())),
                recording.words(failure),
                failure.cause());
    }
}
