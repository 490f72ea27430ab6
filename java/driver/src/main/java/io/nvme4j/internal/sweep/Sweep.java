// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.sweep;

import io.nvme4j.internal.wait.Waiting;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Checks the states of a recording, on several threads with a {@link Fork} each. */
public final class Sweep {
    /** States that a thread takes at once. */
    private static final int BATCH = 64;

    private final Recording recording;
    private final Points.Course course;
    private final Supplier<Fork> forks;
    private final Settings settings;
    private final States states;
    private final AtomicLong checked = new AtomicLong();
    private volatile boolean stopped;

    /* Guarded by itself. */
    private final List<Finding> findings = new ArrayList<>();

    /** What kept a thread from checking. */
    private volatile @Nullable Throwable mishap;

    /**
     * How a sweep is made.
     *
     * @param statesOfPoint that are checked at most
     * @param findings after so many the sweep ends
     */
    public record Settings(int statesOfPoint, int threads, int findings, long seed) {
        /** The same by one thread, until something is found. */
        public Settings alone(int newStatesOfPoint) {
            return new Settings(newStatesOfPoint, 1, 1, seed);
        }
    }

    private record Finding(States.State state, Throwable cause) {}

    /** A sweep of a recording that has ended. */
    public Sweep(Recording recording, Supplier<Fork> forks, Settings settings) {
        this.recording = recording;
        this.course = Points.of(recording).from(recording.from());
        this.forks = forks;
        this.settings = settings;
        this.states = new States(recording, course, settings.statesOfPoint, settings.seed);
    }

    /**
     * What a sweep has come to.
     *
     * @param points where power could fail
     * @param losing those at which a cut can lose something
     * @param states that were checked
     * @param possible all states of all points
     */
    public record Result(
            int points, int losing, long states, double possible, List<Failure> failures) {}

    /**
     * A state that the check refused, as small as it was found to be.
     *
     * @param lost the newest versions of blocks that held something else
     * @param held what they held
     */
    public record Failure(Point point, List<Version> lost, List<Version> held, Throwable cause) {}

    /**
     * Runs it. An interrupt ends it early.
     *
     * @throws InterruptedException if so
     * @throws IllegalStateException if a fork could not be made, or did not work
     */
    public Result run() throws InterruptedException {
        List<Thread> threads =
                IntStream.range(0, settings.threads)
                        .mapToObj(i -> Thread.ofPlatform().daemon().name("sweep-" + i))
                        .map(builder -> builder.start(this::work))
                        .toList();
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } finally {
            stopped = true;
            threads.forEach(Waiting::join);
        }
        if (mishap != null) {
            throw new IllegalStateException("a fork of the drive does not work", mishap);
        }
        return result();
    }

    /** A thread's part. */
    private void work() {
        try (Fork fork = forks.get()) {
            Image image = new Image(recording, course, fork::put);
            for (List<States.State> batch = states.next(BATCH);
                    !batch.isEmpty() && !stopped;
                    batch = states.next(BATCH)) {
                batch.forEach(state -> check(fork, image, state));
            }
        } catch (RuntimeException | Error e) {
            mishap = e;
            stopped = true;
        }
    }

    private void check(Fork fork, Image image, States.State state) {
        Throwable cause = stopped ? null : tryState(fork, image, state, state.choice());
        if (cause != null) {
            add(new Finding(state, cause));
        }
    }

    /** Returns what the check threw, or null. */
    private @Nullable Throwable tryState(Fork fork, Image image, States.State state, int[] choice) {
        image.goTo(state.point());
        state.choices().put(image, choice);
        checked.incrementAndGet();
        try {
            fork.check(course.points().get(state.point()));
            return null;
        } catch (Throwable e) {
            return e;
        }
    }

    private void add(Finding finding) {
        synchronized (findings) {
            findings.add(finding);
            stopped |= findings.size() >= settings.findings;
        }
    }

    private Result result() {
        List<Finding> sorted = new ArrayList<>(findings);
        sorted.sort(Comparator.comparingInt(finding -> finding.state.point()));
        if (!sorted.isEmpty()) {
            sorted.set(0, smallest(sorted.getFirst()));
        }
        int losing = (int) course.points().stream().filter(Point::hasSomethingToLose).count();
        return new Result(
                course.points().size(),
                losing,
                checked.get(),
                states.possible(),
                sorted.stream().map(this::failure).toList());
    }

    private Finding smallest(Finding finding) {
        long before = checked.get();
        Throwable[] cause = {finding.cause};
        try (Fork fork = forks.get()) {
            Image image = new Image(recording, course, fork::put);
            States.State smallest =
                    Shrinking.smallest(
                            finding.state,
                            choice -> {
                                Throwable thrown = tryState(fork, image, finding.state, choice);
                                cause[0] = thrown == null ? cause[0] : thrown;
                                return thrown != null;
                            });
            return new Finding(smallest, cause[0]);
        } finally {
            checked.set(before);
        }
    }

    private Failure failure(Finding finding) {
        States.State state = finding.state;
        int[] newest = state.choices().newest();
        List<Version> lost = new ArrayList<>();
        List<Version> held = new ArrayList<>();
        for (int i = 0; i < newest.length; i++) {
            if (state.choice()[i] != newest[i]) {
                Collections.addAll(lost, state.choices().outcome(i, newest[i]));
                Collections.addAll(held, state.choices().outcome(i, state.choice()[i]));
            }
        }
        return new Failure(course.points().get(state.point()), lost, held, finding.cause);
    }
}
