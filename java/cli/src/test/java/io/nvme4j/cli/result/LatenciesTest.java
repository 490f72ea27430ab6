// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.result;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

class LatenciesTest {
    private static final double[] PERCENTAGES = {1, 50, 90, 99, 99.9, 99.99, 100};

    private static Latencies of(long... values) {
        Latencies latencies = new Latencies();
        for (long value : values) {
            latencies.record(value);
        }
        return latencies;
    }

    private static long[] array(List<Long> values) {
        return values.stream().mapToLong(Long::longValue).toArray();
    }

    /** The smallest value that this percentage of the values does not exceed. */
    private static long oracle(long[] sorted, double percentage) {
        int rank = (int) Math.ceil(percentage / 100 * sorted.length);
        return sorted[Math.max(rank, 1) - 1];
    }

    @Property(tries = 100)
    void percentilesAreThoseOfTheSortedValues(
            @ForAll @Size(min = 1, max = 2000)
                    List<@LongRange(min = 0, max = 3_600_000_000_000L) Long> input) {
        long[] values = array(input);
        Latencies latencies = of(values);
        long[] sorted = values.clone();
        Arrays.sort(sorted);
        for (double percentage : PERCENTAGES) {
            double expected = oracle(sorted, percentage);
            assertEquals(expected, (double) latencies.percentile(percentage), expected * 0.001 + 1);
        }
    }

    @Property(tries = 100)
    void countMeanAndExtremesAreExact(
            @ForAll @Size(min = 1, max = 500)
                    List<@LongRange(min = 0, max = 3_600_000_000_000L) Long> input) {
        long[] values = array(input);
        Latencies latencies = of(values);
        assertEquals(values.length, latencies.count());
        assertEquals(Arrays.stream(values).min().orElseThrow(), latencies.minimum());
        assertEquals(Arrays.stream(values).max().orElseThrow(), latencies.maximum());
        assertEquals(Arrays.stream(values).average().orElseThrow(), latencies.mean(), 1e-3);
    }

    @Property(tries = 50)
    void sumOfTwoIsAsIfRecordedInOne(
            @ForAll @Size(max = 100) List<@LongRange(min = 0, max = 1_000_000) Long> first,
            @ForAll @Size(max = 100) List<@LongRange(min = 0, max = 1_000_000) Long> second) {
        Latencies sum = of(array(first));
        sum.add(of(array(second)));
        List<Long> both = new ArrayList<>(first);
        both.addAll(second);
        Latencies expected = of(array(both));
        assertEquals(expected.count(), sum.count());
        assertEquals(expected.minimum(), sum.minimum());
        assertEquals(expected.maximum(), sum.maximum());
        assertEquals(expected.mean(), sum.mean(), 1e-9);
        assertEquals(expected.percentile(99), sum.percentile(99));
    }

    @Test
    void nothingRecordedIsAllZero() {
        Latencies none = new Latencies();
        assertEquals(0, none.minimum());
        assertEquals(0, none.maximum());
        assertEquals(0, none.mean());
        assertEquals(0, none.standardDeviation());
        assertEquals(0, none.percentile(99.99));
    }

    @Test
    void whatIsOutOfRangeIsClamped() {
        Latencies latencies = of(-5, Long.MAX_VALUE / 2);
        assertEquals(0, latencies.minimum());
        assertEquals(Long.MAX_VALUE / 2, latencies.maximum());
        assertTrue(latencies.percentile(99) >= 3_600_000_000_000L);
    }
}
