// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nvme4j.cli.job.Job;
import io.nvme4j.cli.job.option.Setting;
import io.nvme4j.cli.job.option.Settings;
import io.nvme4j.cli.job.read.JobReader;
import io.nvme4j.cli.job.workload.Direction;
import io.nvme4j.cli.result.Latencies;
import io.nvme4j.cli.result.Measured;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

import java.util.ArrayList;
import java.util.List;

class MeterTest {
    private static final int DEPTH = 4;

    private static Job job() {
        Settings settings = new Settings(new ArrayList<>());
        for (String option : List.of("rw=randrw", "bs=4k", "iodepth=" + DEPTH, "runtime=1")) {
            settings.put(Setting.of(option));
        }
        return JobReader.read(settings, List.of());
    }

    /**
     * However neighbours are taken together, and whenever they are handed over, what comes out is
     * what each command by itself would have made.
     *
     * @param steps of each, bits 2:0 the latency, bit 3 the direction, bits 5:4 what follows it
     */
    @Property
    void takesTogetherWhatIsTheSameAndLosesNothing(@ForAll @Size(max = 200) List<Byte> steps) {
        Meter meter = new Meter(job(), DEPTH);
        Latencies[] expected = {new Latencies(), new Latencies()};
        long[] bytes = new long[expected.length];
        meter.completed(0, 77, 1); // of the warm-up, and still in a run
        meter.beginMeasurement(0);
        for (int i = 0; i < steps.size(); i++) {
            int step = steps.get(i);
            int direction = step >> 3 & 1;
            long latency = 100L * (step & 7);
            expected[direction].record(latency);
            bytes[direction] += i;
            meter.completed(direction, latency, i);
            switch (step >> 4 & 3) {
                case 1 -> meter.settle();
                case 2 -> handOver(meter, i);
                default -> {}
            }
        }
        meter.settle();
        meter.exchange().finish(steps.size(), tally -> {});
        Measured[] total = meter.exchange().total();
        for (int direction = 0; direction < expected.length; direction++) {
            Latencies latencies = total[direction].device();
            assertEquals(bytes[direction], total[direction].bytes());
            assertEquals(expected[direction].count(), latencies.count());
            assertEquals(expected[direction].sum(), latencies.sum());
            assertEquals(expected[direction].minimum(), latencies.minimum());
            assertEquals(expected[direction].maximum(), latencies.maximum());
            assertEquals(expected[direction].histogram(), latencies.histogram());
        }
        assertEquals(0, total[Direction.TRIM.index()].count());
    }

    private static void handOver(Meter meter, long now) {
        meter.exchange().ask();
        meter.handOverIfAsked(now);
        meter.exchange().collect(tally -> {});
    }
}
