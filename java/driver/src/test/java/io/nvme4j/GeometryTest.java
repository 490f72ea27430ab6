// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nvme4j.internal.Geometries;
import io.nvme4j.map.AtomicUnit;
import io.nvme4j.map.BlockLayout;
import io.nvme4j.map.Geometry;
import io.nvme4j.map.Grid;
import io.nvme4j.map.PreferredSizes;
import io.nvme4j.spec.IdentifyController;
import io.nvme4j.spec.IdentifyNamespace;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * What is atomic and preferred, beside a plain model that goes through the blocks of a write one by
 * one, by the fields as the specification has them.
 */
class GeometryTest {
    private static final int BLOCK = 512;
    private static final int MTS = 24 * BLOCK;

    /** Fields of Identify, as they are in the data structure: 0's based or not. */
    record Fields(
            boolean ownUnits,
            int awun,
            int nawun,
            int nabsn,
            int nabo,
            int noiob,
            boolean optimal,
            int npwg,
            int npwa) {
        IdentifyController controller() {
            MemorySegment data = Arena.ofAuto().allocate(IdentifyController.BYTES);
            put(data, 526, awun);
            put(data, 528, awun);
            return IdentifyController.of(data);
        }

        IdentifyNamespace namespace() {
            MemorySegment data = Arena.ofAuto().allocate(IdentifyNamespace.BYTES);
            data.set(
                    ValueLayout.JAVA_BYTE,
                    24,
                    (byte) ((ownUnits ? 1 << 1 : 0) | (optimal ? 1 << 4 : 0)));
            put(data, 34, nawun);
            put(data, 36, nawun);
            put(data, 40, nabsn);
            put(data, 42, nabo);
            put(data, 44, nabsn);
            put(data, 46, noiob);
            put(data, 64, npwg);
            put(data, 66, npwa);
            put(data, 68, npwg);
            put(data, 70, npwa);
            return IdentifyNamespace.of(data);
        }

        private static void put(MemorySegment data, long at, int value) {
            data.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, (short) value);
        }

        Geometry geometry() {
            return Geometries.of(
                    controller(), namespace(), new BlockLayout(BLOCK, 0, false, noiob, 0), MTS);
        }

        /** NVM Command Set, "Atomic Operation", word by word; and the library's own splits. */
        boolean isAtomic(int lba, int blocks) {
            int unit = ownUnits && nawun != 0 ? nawun + 1 : awun + 1;
            IntPredicate boundary = b -> nabsn != 0 && (b - nabo) % (nabsn + 1) == 0;
            IntPredicate split = b -> noiob != 0 && b % noiob == 0;
            return blocks <= unit
                    && blocks * BLOCK <= MTS
                    && IntStream.range(lba + 1, lba + blocks)
                            .noneMatch(b -> boundary.test(b) || split.test(b));
        }

        boolean isPreferred(int lba, int blocks) {
            boolean crosses =
                    noiob != 0
                            && IntStream.range(lba + 1, lba + blocks).anyMatch(b -> b % noiob == 0);
            boolean aligned = !optimal || lba % (npwa + 1) == 0 && blocks % (npwg + 1) == 0;
            return aligned && !crosses;
        }
    }

    @Provide
    Arbitrary<Fields> fields() {
        Arbitrary<Integer> small = Arbitraries.integers().between(0, 20);
        Arbitrary<Boolean> either = Arbitraries.of(true, false);
        return Combinators.combine(either, small, small, small, small, small, either, small)
                .flatAs(
                        (own, awun, nawun, nabsn, nabo, noiob, optimal, npwg) ->
                                small.map(
                                        npwa ->
                                                new Fields(
                                                        own,
                                                        awun,
                                                        nawun,
                                                        nabsn,
                                                        nabsn == 0 ? 0 : Math.min(nabo, nabsn + 1),
                                                        noiob,
                                                        optimal,
                                                        npwg,
                                                        npwa)));
    }

    @Property(tries = 5000)
    void writesOfWholeBlocksAreAtomicAsTheSpecificationSays(
            @ForAll("fields") Fields fields,
            @ForAll @IntRange(max = 100) int lba,
            @ForAll @IntRange(min = 1, max = 40) int blocks) {
        Geometry geometry = fields.geometry();
        boolean expected = fields.isAtomic(lba, blocks);
        long offset = (long) lba * BLOCK;
        long length = (long) blocks * BLOCK;
        assertEquals(expected, geometry.atomic().covers(offset, length));
        assertEquals(expected, geometry.atomicOnPowerFail().covers(offset, length));
        assertEquals(
                fields.isPreferred(lba, blocks), geometry.preferred().suitsWrite(offset, length));
    }

    @Property
    void aBlockThatIsWrittenInPartCountsAsAWhole(
            @ForAll("fields") Fields fields,
            @ForAll @IntRange(max = 20_000) int offset,
            @ForAll @IntRange(min = 1, max = 20_000) int length) {
        int first = offset / BLOCK;
        int last = (offset + length - 1) / BLOCK;
        assertEquals(
                fields.isAtomic(first, last - first + 1),
                fields.geometry().atomic().covers(offset, length));
    }

    @Property(tries = 5000)
    void aSliceSaysWhatTheNamespaceSaysOfTheSameBytes(
            @ForAll("fields") Fields fields,
            @ForAll @IntRange(max = 50) int outer,
            @ForAll @IntRange(max = 50) int inner,
            @ForAll @IntRange(max = 20_000) int offset,
            @ForAll @IntRange(min = 1, max = 20_000) int length) {
        Geometry whole = fields.geometry();
        Geometry slice = whole.from((long) outer * BLOCK).from((long) inner * BLOCK);
        long there = (long) (outer + inner) * BLOCK + offset;
        assertEquals(whole.atomic().covers(there, length), slice.atomic().covers(offset, length));
        assertEquals(
                whole.atomicOnPowerFail().covers(there, length),
                slice.atomicOnPowerFail().covers(offset, length));
        assertEquals(
                whole.preferred().suitsWrite(there, length),
                slice.preferred().suitsWrite(offset, length));
        assertEquals(
                whole.preferred().suitsDeallocation(there, length),
                slice.preferred().suitsDeallocation(offset, length));
    }

    @Property
    void aGridsPlacesAreFoundOnBothSides(
            @ForAll @IntRange(min = 1, max = 50) int distance,
            @ForAll @IntRange(max = 49) int origin,
            @ForAll @IntRange(max = 500) int offset,
            @ForAll @IntRange(min = 1, max = 100) int length) {
        Grid grid = new Grid(distance, origin % distance);
        IntPredicate isPlace = at -> at >= grid.origin() && (at - grid.origin()) % distance == 0;
        int up = IntStream.iterate(offset, at -> at + 1).filter(isPlace).findFirst().orElseThrow();
        assertEquals(up, grid.up(offset));
        if (offset >= grid.origin()) {
            int down =
                    IntStream.iterate(offset, at -> at - 1)
                            .filter(isPlace)
                            .findFirst()
                            .orElseThrow();
            assertEquals(down, grid.down(offset));
        }
        assertEquals(isPlace.test(offset), grid.isOn(offset));
        assertEquals(
                IntStream.range(offset + 1, offset + length).anyMatch(isPlace),
                grid.divides(offset, length));
    }

    @Test
    void whatIsNotReportedIsOneBlockAndNoBoundary() {
        PreferredSizes sizes = new Fields(false, 0, 0, 0, 0, 0, false, 7, 7).geometry().preferred();
        assertEquals(BLOCK, sizes.writeGranularity());
        assertEquals(Grid.of(BLOCK), sizes.writes());
        assertEquals(BLOCK, sizes.optimalWriteSize());
        assertEquals(Grid.NONE, sizes.boundaries());
    }

    @Test
    void aUnitOfAllOnesIsWhatOneCommandMoves() {
        AtomicUnit unit = new Fields(false, 0xFFFF, 0, 0, 0, 0, false, 0, 0).geometry().atomic();
        assertEquals(MTS, unit.bytes());
        assertEquals(false, unit.covers(BLOCK - 1, MTS));
        assertEquals(true, unit.covers(Long.MAX_VALUE - BLOCK, BLOCK));
    }
}
