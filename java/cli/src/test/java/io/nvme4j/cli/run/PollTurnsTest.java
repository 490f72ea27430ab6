// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.cli.Cli;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

class PollTurnsTest {
    private final AtomicInteger yields = new AtomicInteger();

    @Test
    void aThreadOfACrowdThatPollsInVainGivesItsProcessorAway() {
        PollTurns turns = new PollTurns(yields::incrementAndGet);
        pollInVain(turns, PollTurns.VAIN_ROUNDS);
        assertEquals(0, yields.get(), "its own commands may complete at any moment");
        pollInVain(turns, 100);
        assertEquals(100, yields.get());
        turns.after(true);
        pollInVain(turns, PollTurns.VAIN_ROUNDS);
        assertEquals(100, yields.get(), "there is something to do again");
    }

    private static void pollInVain(PollTurns turns, int rounds) {
        for (int round = 0; round < rounds; round++) {
            turns.after(false);
        }
    }

    @Test
    void threadsAreCrowdedWhereTwoShareAProcessor() {
        assertFalse(PollTurns.isCrowded(List.of(-1, -1), 2));
        assertTrue(PollTurns.isCrowded(List.of(-1, -1, -1), 2));
        assertFalse(PollTurns.isCrowded(List.of(0, 3), 4));
        assertTrue(PollTurns.isCrowded(List.of(3, 3), 4));
    }

    /** Each waits for a controller whose own thread needs a processor as well. */
    @Test
    void manyMoreWorkersThanProcessorsComeToTheirEnd(@TempDir Path directory) throws IOException {
        Path job = directory.resolve("crowd.fio");
        Files.writeString(
                job,
                """
                [crowd]
                rw=randread
                bs=4k
                iodepth=4
                number_ios=10
                numjobs=60
                """);
        Cli.run(
                        "bench",
                        job.toString(),
                        "-r",
                        "trtype:EMBEDDED size:16M mode:threaded latency:50us")
                .assertOk();
    }
}
