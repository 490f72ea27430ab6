// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.result;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nvme4j.cli.job.option.Settings;
import io.nvme4j.cli.job.read.JobReader;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

class RunResultTest {
    private static RunResult.ThreadResult thread(long begin, long nanos) {
        return new RunResult.ThreadResult(
                JobReader.read(new Settings(new ArrayList<>()), List.of()),
                0,
                0,
                List.of(),
                begin,
                nanos,
                0,
                0,
                0,
                0,
                -1,
                new Timeline(),
                new Depths(1),
                Measured.NONE,
                ThreadCounters.NONE,
                Map.of());
    }

    /**
     * A total's rate is of the time in which anything ran, be it at once or one after the other.
     */
    @ParameterizedTest
    @CsvSource({
        "0,10, 0,10, 10",
        "0,10, 10,10, 20",
        "0,10, 50,10, 20",
        "0,10, 5,10, 15",
        "0,100, 5,10, 100",
        "-5,10, 0,0, 10"
    })
    void timeIsThatInWhichSomethingRan(long a, long lengthOfA, long b, long lengthOfB, long all) {
        List<RunResult.ThreadResult> threads = List.of(thread(b, lengthOfB), thread(a, lengthOfA));
        RunResult result = new RunResult(List.of(), List.of(), threads, "", 0, List.of());
        assertEquals(all, result.nanos());
    }
}
