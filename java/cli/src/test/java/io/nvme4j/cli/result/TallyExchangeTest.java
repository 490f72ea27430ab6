// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.result;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.cli.job.Job;
import io.nvme4j.cli.job.option.Setting;
import io.nvme4j.cli.job.option.Settings;
import io.nvme4j.cli.job.read.JobReader;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class TallyExchangeTest {
    private static final int RECORDS = 2_000_000;

    private static Job job() {
        List<String> problems = new ArrayList<>();
        Settings settings = new Settings(problems);
        for (String option : List.of("rw=randread", "bs=4k", "iodepth=1", "runtime=1")) {
            settings.put(Setting.of(option));
        }
        Job job = JobReader.read(settings, List.of());
        assertEquals(List.of(), problems);
        return job;
    }

    /** Whatever the collector does when, each record after the warm-up is in one interval. */
    @Test
    void nothingIsLostOrCountedTwice() throws InterruptedException {
        TallyExchange exchange = new TallyExchange(job());
        Thread recorder = new Thread(() -> record(exchange));
        recorder.start();
        long[] collected = new long[2];
        Timeline timeline = new Timeline();
        int tick = 0;
        while (recorder.isAlive()) {
            exchange.ask();
            int number = tick++;
            exchange.collect(tally -> collect(tally, number, collected, timeline));
        }
        recorder.join();
        int last = tick;
        exchange.finish(RECORDS, tally -> collect(tally, last, collected, timeline));
        assertEquals(RECORDS, collected[0]);
        assertEquals(RECORDS, exchange.total()[0].count());
        assertEquals(4096L * RECORDS, exchange.total()[0].bytes());
        assertTrue(timeline.intervals().size() > 1, "it was not taken away in between");
        long inIntervals =
                timeline.intervals().stream().mapToLong(i -> i.samples().getFirst().count()).sum();
        assertEquals(RECORDS, inIntervals);
    }

    private static void collect(Tally tally, int tick, long[] collected, Timeline timeline) {
        long count = tally.directions()[0].count();
        if (tally.isWarmUp()) {
            collected[1] += count;
        } else {
            collected[0] += count;
            timeline.add(tick, tally);
        }
    }

    private static void record(TallyExchange exchange) {
        Tally current = exchange.current();
        for (int i = 0; i < RECORDS / 10; i++) {
            current.directions()[0].record(i, 4096);
            current = exchange.isAsked() ? exchange.handOver(i) : current;
        }
        current = exchange.beginMeasurement(0);
        for (int i = 0; i < RECORDS; i++) {
            current.directions()[0].record(i, 4096);
            current = exchange.isAsked() ? exchange.handOver(i) : current;
        }
    }

    @Test
    void halvingKeepsCountsAndOrder() {
        Timeline timeline = new Timeline();
        for (int tick = 0; tick < 7; tick++) {
            Tally tally = new Tally(job());
            tally.begin(100L * tick, false);
            for (int i = 0; i <= tick; i++) {
                tally.directions()[0].record(1000L * i, 512);
            }
            tally.end(100L * tick + 100);
            timeline.add(tick, tally);
        }
        timeline.halve();
        List<Interval> intervals = timeline.intervals();
        assertEquals(
                List.of(3L, 7L, 11L, 7L),
                intervals.stream().map(i -> i.samples().getFirst().count()).toList());
        assertEquals(
                List.of(0L, 200L, 400L, 600L), intervals.stream().map(Interval::begin).toList());
        assertEquals(11, intervals.get(2).samples().getFirst().histogram().getTotalCount());
    }
}
