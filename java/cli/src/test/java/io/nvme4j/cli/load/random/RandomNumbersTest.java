// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.load.random;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

import org.junit.jupiter.api.Test;

import java.util.Arrays;

class RandomNumbersTest {
    @Property
    void randomNumbersStayBelowTheBound(@ForAll long seed, @ForAll @LongRange(min = 1) long bound) {
        RandomNumbers numbers = new RandomNumbers(seed);
        for (int i = 0; i < 100; i++) {
            long number = numbers.below(bound);
            assertTrue(number >= 0 && number < bound);
        }
    }

    @Test
    void randomNumbersAreSpreadEvenly() {
        int[] counts = new int[100];
        RandomNumbers numbers = new RandomNumbers(1);
        for (int i = 0; i < 1_000_000; i++) {
            counts[(int) numbers.below(counts.length)]++;
        }
        assertTrue(Arrays.stream(counts).allMatch(count -> count > 9_500 && count < 10_500));
    }

    @Test
    void neighbouringSeedsGiveOtherNumbers() {
        assertFalse(new RandomNumbers(1).next() == new RandomNumbers(2).next());
    }
}
