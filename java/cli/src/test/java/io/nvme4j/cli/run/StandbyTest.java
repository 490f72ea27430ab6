// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nvme4j.Controller;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

class StandbyTest {
    private static final String THREADED = "trtype:EMBEDDED size:16M mode:threaded";

    /** What was added first leaves first, however full it was. */
    @Property(tries = 100)
    void isAQueue(
            @ForAll @IntRange(min = 1, max = 9) int depth,
            @ForAll @Size(max = 100) List<Boolean> additions) {
        try (Controller controller = Controller.attach(THREADED)) {
            Standby standby = Standby.of(controller, depth, 4096);
            Queue<Integer> expected = new ArrayDeque<>();
            for (int i = 0; i < additions.size(); i++) {
                if (additions.get(i) && standby.count() < standby.capacity()) {
                    standby.add(i);
                    expected.add(i);
                } else if (!expected.isEmpty()) {
                    assertEquals(expected.remove(), standby.remove());
                }
                assertEquals(expected.size(), standby.count());
            }
        }
    }

    /** As many as are in flight, but no more than take a mebibyte, and one at least. */
    @ParameterizedTest
    @CsvSource({"1, 512, 1", "32, 4096, 32", "1024, 4096, 256", "32, 131072, 8", "8, 2097152, 1"})
    void takesLittleMemory(int depth, long bytesPerSlot, int expected) {
        try (Controller controller = Controller.attach(THREADED)) {
            assertEquals(expected, Standby.of(controller, depth, bytesPerSlot).capacity());
        }
    }

    @Test
    void isNotForAControllerThatWorksOnlyWhenItIsPolled() {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:16M")) {
            assertEquals(0, Standby.of(controller, 32, 4096).capacity());
        }
    }
}
