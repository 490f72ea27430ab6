// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.embedded;

import io.nvme4j.internal.sweep.Fork;
import io.nvme4j.internal.sweep.Point;
import io.nvme4j.internal.sweep.Recording;
import io.nvme4j.internal.sweep.Sweep;
import io.nvme4j.internal.sweep.Version;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * Has a check run on a state while that is recorded, and cuts the power during it: what recovers
 * from a cut may meet the next one. One thread's.
 */
final class RecoveryFork implements Fork {
    private final CrashRecording recorded;
    private final DriveFork fork;
    private final Sweep.Settings settings;
    private final AtomicLong states;

    /**
     * @param settings of the sweep of each recovery
     * @param states adds up how many states were checked
     */
    RecoveryFork(
            CrashRecording recorded, DriveFork fork, Sweep.Settings settings, AtomicLong states) {
        this.recorded = recorded;
        this.fork = fork;
        this.settings = settings;
        this.states = states;
    }

    @Override
    public void put(Version version) {
        fork.put(version);
    }

    @Override
    public void check(Point point) throws Exception {
        CrashRecording recovery = fork.record(point);
        int[] numbers = IntStream.range(0, recovery.blocks()).toArray();
        sweep(point, recovery, recovery.recording(), numbers);
    }

    /** The host crashes, and another one recovers while the drive has power until then. */
    void crash(long time) throws Exception {
        Recording first = recorded.recording();
        first.image(time).forEach(fork::put);
        Point point = new Point(time, List.of(), List.of());
        CrashRecording recovery = fork.record(point);
        int[] numbers = numbers(recovery);
        sweep(point, recovery, first.then(time, recovery.recording(), numbers), numbers);
    }

    /** What the blocks of a recovery are among those of the workload, or after them. */
    private int[] numbers(CrashRecording recovery) {
        Map<CrashRecording.Place, Integer> known = new HashMap<>();
        recorded.places().forEach(place -> known.put(place, known.size()));
        return recovery.places().stream()
                .mapToInt(place -> known.computeIfAbsent(place, any -> known.size()))
                .toArray();
    }

    private void sweep(Point point, CrashRecording recovery, Recording whole, int[] numbers)
            throws InterruptedException {
        Sweep.Result result =
                new Sweep(whole, () -> new Second(point, recovery, whole, numbers), settings).run();
        states.addAndGet(result.states());
        for (Sweep.Failure failure : result.failures()) {
            throw new AssertionError(
                    "refused when power is cut during the check, and lost: "
                            + CrashRecording.words(failure, places(recovery, numbers)),
                    failure.cause());
        }
    }

    /** Where the blocks of a whole recording are. */
    private Map<Integer, CrashRecording.Place> places(CrashRecording recovery, int[] numbers) {
        Map<Integer, CrashRecording.Place> places = new HashMap<>();
        for (CrashRecording.Place place : recorded.places()) {
            places.put(places.size(), place);
        }
        for (int i = 0; i < numbers.length; i++) {
            places.put(numbers[i], recovery.places().get(i));
        }
        return places;
    }

    /** A fork of the fork, for the states of a recovery. */
    private final class Second implements Fork {
        private final Point cut;
        private final DriveFork second;
        private final Map<Integer, Integer> own = new HashMap<>();

        Second(Point cut, CrashRecording recovery, Recording whole, int[] numbers) {
            this.cut = cut;
            this.second = fork.fork(recovery);
            for (int i = 0; i < numbers.length; i++) {
                own.put(numbers[i], i);
            }
            whole.earlier().forEach(this::put);
        }

        @Override
        public void put(Version version) {
            Integer number = own.get(version.block());
            if (number == null) {
                fork.put(version); // a block that only the workload has touched
            } else {
                second.put(number, version.content());
            }
        }

        @Override
        public void check(Point point) throws Exception {
            second.check(cut);
        }

        @Override
        public void close() {
            second.close();
        }
    }

    @Override
    public void close() {
        fork.close();
    }
}
