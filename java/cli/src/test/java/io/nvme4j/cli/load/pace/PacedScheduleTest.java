// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.load.pace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.cli.job.Job;
import io.nvme4j.cli.job.option.Setting;
import io.nvme4j.cli.job.option.Settings;
import io.nvme4j.cli.job.read.JobReader;
import io.nvme4j.cli.load.random.RandomNumbers;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.List;

/** Rates, by a clock that the test moves. */
class PacedScheduleTest {
    private static final long SECOND = 1_000_000_000;
    private static final int SECONDS = 2;

    private static Schedule schedule(String... options) {
        Settings settings = new Settings(new ArrayList<>());
        for (String option : options) {
            settings.put(Setting.of(option));
        }
        Job job = JobReader.read(settings, List.of());
        Schedule schedule = new PacedSchedule(job, 1, new RandomNumbers(1));
        schedule.restart(0);
        return schedule;
    }

    /** Intended starts of what is issued by a poller that looks each so many nanoseconds. */
    private static List<Long> run(Schedule schedule, long poll) {
        List<Long> starts = new ArrayList<>();
        for (long now = 0; now < SECONDS * SECOND; now += poll) {
            while (schedule.next(now, 0) != Schedule.NONE_DUE) {
                assertTrue(schedule.intendedStart() <= now);
                starts.add(schedule.intendedStart());
                schedule.issued(4096);
            }
        }
        return starts;
    }

    @ParameterizedTest
    @CsvSource({
        "1000,linear",
        "10000,linear",
        "100000,linear",
        "1000000,linear",
        "100000,poisson",
        "1000000,poisson"
    })
    void holdWithinAPercent(int rate, String process) {
        Schedule schedule = schedule("rate_iops=" + rate, "rate_process=" + process);
        double expected = (double) rate * SECONDS;
        assertEquals(expected, run(schedule, 700).size(), 0.01 * expected);
    }

    /** A poller that was away catches up, and what it does then should have started before. */
    @Test
    void nothingIsLeftOutByASlowPoller() {
        Schedule slow = schedule("rate_iops=1000");
        Schedule fast = schedule("rate_iops=1000");
        List<Long> starts = run(slow, SECOND / 10);
        assertEquals(run(fast, 100_000).subList(0, starts.size()), starts);
        assertEquals(1000 * SECONDS, starts.size(), 101);
    }

    /** Exponential: deviation and mean are alike, and a share of 1/e is longer than the mean. */
    @Test
    void independentUsersAreExponential() {
        List<Long> starts = run(schedule("rate_iops=100000", "rate_process=poisson"), 700);
        double mean = 0;
        double squares = 0;
        int longer = 0;
        for (int i = 1; i < starts.size(); i++) {
            double gap = starts.get(i) - starts.get(i - 1);
            mean += gap;
            squares += gap * gap;
            longer += gap > 10_000 ? 1 : 0;
        }
        int gaps = starts.size() - 1;
        mean /= gaps;
        assertEquals(10_000, mean, 100);
        assertEquals(mean, Math.sqrt(squares / gaps - mean * mean), 100);
        assertEquals(Math.exp(-1), (double) longer / gaps, 0.01);
    }

    @Test
    void ratesOfBytesCountWhatIsMoved() {
        assertEquals(
                256.0 * SECONDS,
                run(schedule("rate=1m", "bs=4k"), 700).size(),
                0.01 * 256 * SECONDS);
    }
}
