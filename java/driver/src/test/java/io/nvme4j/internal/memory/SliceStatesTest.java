// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** The states of slices beside three plain sets. */
class SliceStatesTest {
    @Property
    void slicesGoRoundAsSetsSay(
            @ForAll @IntRange(min = 1, max = 12) int count,
            @ForAll @Size(max = 200) List<@IntRange(max = 9) Integer> steps,
            @ForAll long seed) {
        Random random = new Random(seed);
        SliceStates states = new SliceStates(count);
        Set<Integer> free = new HashSet<>();
        Set<Integer> out = new HashSet<>();
        Set<Integer> givenBack = new HashSet<>();
        for (int i = 0; i < count; i++) {
            free.add(i);
        }
        for (int step : steps) {
            if (step < 5) {
                int taken = states.take();
                assertEquals(free.isEmpty(), taken == SliceStates.NONE);
                if (taken != SliceStates.NONE) {
                    assertTrue(free.remove(taken));
                    out.add(taken);
                }
            } else if (step < 9) {
                int number = random.nextInt(count);
                boolean isOut = out.remove(number);
                assertEquals(isOut, states.giveBack(number));
                if (isOut) {
                    givenBack.add(number);
                }
            } else {
                boolean[] used = new boolean[count];
                for (int i = 0; i < count; i++) {
                    used[i] = random.nextBoolean();
                }
                boolean someUsed = givenBack.stream().anyMatch(number -> used[number]);
                int first = states.takeGivenBack();
                assertEquals(someUsed, states.reclaim(first, number -> used[number]));
                givenBack.stream().filter(number -> !used[number]).forEach(free::add);
                givenBack.removeAll(free);
            }
            assertEquals(out.size(), states.out());
        }
        while (!free.isEmpty()) {
            assertTrue(free.remove(states.take()));
        }
        assertFalse(free.contains(states.take()));
    }
}
