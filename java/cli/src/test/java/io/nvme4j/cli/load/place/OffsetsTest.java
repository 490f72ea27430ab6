// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.load.place;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.cli.load.random.RandomNumbers;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;
import java.util.BitSet;

class OffsetsTest {
    private static final int DRAWS = 1_000_000;

    private static long[] histogram(Offsets offsets, int places, int draws) {
        long[] counts = new long[places];
        for (int i = 0; i < draws; i++) {
            counts[(int) offsets.next(1)]++;
        }
        return counts;
    }

    /** Every rank's share is k^-theta of the first one's, within five standard deviations. */
    @ParameterizedTest
    @ValueSource(doubles = {0.3, 0.8, 0.99, 1.0, 1.2, 2.0})
    void zipfsSkewIsTheta(double theta) {
        int places = 1000;
        Offsets offsets =
                new ZipfOffsets(theta, new Slots(places, 1), new Scatter(0), new RandomNumbers(1));
        long[] counts = histogram(offsets, places, DRAWS);
        double norm = 0;
        for (int k = 1; k <= places; k++) {
            norm += Math.pow(k, -theta);
        }
        double chiSquare = 0;
        for (int k = 1; k <= places; k++) {
            double expected = DRAWS * Math.pow(k, -theta) / norm;
            double error = counts[k - 1] - expected;
            assertTrue(Math.abs(error) < 5 * Math.sqrt(expected) + 5, "rank " + k);
            chiSquare += error * error / expected;
        }
        assertTrue(chiSquare < places + 6 * Math.sqrt(2.0 * places), "chi square " + chiSquare);
    }

    /** Spread or in order, the shares are the same ones. */
    @Property(tries = 50)
    void scatterIsOneToOne(@ForAll @IntRange(min = 1, max = 5000) int places) {
        for (double center : new double[] {-1, 0, 0.25, 1}) {
            BitSet seen = new BitSet();
            for (int rank = 0; rank < places; rank++) {
                seen.set((int) new Scatter(center).place(rank, places));
            }
            assertEquals(places, seen.cardinality());
        }
    }

    @Test
    void paretosHottestGetTheirShare() {
        int places = 10_000;
        Offsets offsets =
                new ParetoOffsets(0.2, new Slots(places, 1), new Scatter(0), new RandomNumbers(3));
        long[] counts = histogram(offsets, places, DRAWS);
        long hot = Arrays.stream(counts).limit(places / 5).sum();
        assertEquals(0.8, (double) hot / DRAWS, 0.005);
    }

    @Test
    void normalsDeviationIsAsSet() {
        int places = 10_000;
        Offsets offsets = new NormalOffsets(0.1, 0.5, new Slots(places, 1), new RandomNumbers(4));
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < DRAWS; i++) {
            double place = offsets.next(1);
            sum += place;
            squares += place * place;
        }
        double mean = sum / DRAWS;
        assertEquals(0.5 * places, mean, 0.002 * places);
        assertEquals(0.1 * places, Math.sqrt(squares / DRAWS - mean * mean), 0.002 * places);
    }

    @Test
    void zonesGetTheirShares() {
        Offsets offsets =
                new ZonedOffsets(
                        new int[] {60, 30, 10},
                        new long[] {0, 100, 400, 1000},
                        new Slots(1000, 1),
                        new RandomNumbers(5));
        long[] counts = histogram(offsets, 1000, DRAWS);
        assertEquals(0.6, Arrays.stream(counts, 0, 100).sum() / (double) DRAWS, 0.003);
        assertEquals(0.3, Arrays.stream(counts, 100, 400).sum() / (double) DRAWS, 0.003);
    }

    @Property(tries = 100)
    void eachUnitIsVisitedOnceInAPass(
            @ForAll @IntRange(min = 1, max = 9000) int units, @ForAll long seed) {
        Offsets offsets = new UnvisitedOffsets(new Slots(8L * units, 8), new RandomNumbers(seed));
        for (int pass = 0; pass < 2; pass++) {
            BitSet visited = new BitSet();
            for (int i = 0; i < units; i++) {
                long place = offsets.next(8);
                assertEquals(0, place % 8);
                assertEquals(8, offsets.granted(8));
                assertFalse(visited.get((int) place / 8));
                visited.set((int) place / 8);
            }
            assertEquals(units, visited.cardinality());
        }
    }

    @Property(tries = 100)
    void mixedLengthsVisitEachBlockOnceToo(
            @ForAll @IntRange(min = 1, max = 2000) int units, @ForAll long seed) {
        RandomNumbers lengths = new RandomNumbers(seed ^ 7);
        Offsets offsets = new UnvisitedOffsets(new Slots(units, 1), new RandomNumbers(seed));
        BitSet visited = new BitSet();
        while (visited.cardinality() < units) {
            int wanted = 1 + (int) lengths.below(16);
            int place = (int) offsets.next(wanted);
            int granted = offsets.granted(wanted);
            assertTrue(granted >= 1 && granted <= wanted);
            for (int i = place; i < place + granted; i++) {
                assertFalse(visited.get(i));
                visited.set(i);
            }
        }
        assertEquals(units, visited.length());
    }

    @Test
    void sequencesHaveHolesOrGoBackwards() {
        Offsets holes = new SequentialOffsets(40, 8, 8);
        assertEquals(0, holes.next(8));
        assertEquals(16, holes.next(8));
        assertEquals(32, holes.next(8));
        assertEquals(0, holes.next(8));
        Offsets backwards = new SequentialOffsets(40, -16, 8);
        assertEquals(24, backwards.next(8));
        assertEquals(16, backwards.next(8));
        assertEquals(8, backwards.next(8));
        assertEquals(0, backwards.next(8));
        assertEquals(24, backwards.next(8));
    }
}
