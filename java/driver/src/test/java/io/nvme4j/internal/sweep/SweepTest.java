// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.internal.sweep.RecordedCommand.Kind;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The states of recordings that are made up, against counts by hand and an oracle. */
class SweepTest {
    private static final int ALL = 1 << 20;

    /** Takes down what each image holds: numbers of writes, -1 for what was there. */
    private static final class Witness implements Fork {
        final Set<List<Integer>> images;
        final Integer[] blocks;

        Witness(int count, Set<List<Integer>> images) {
            this.images = images;
            blocks = new Integer[count];
            Arrays.fill(blocks, -1);
        }

        @Override
        public void put(Version version) {
            blocks[version.block] = (int) version.content();
        }

        @Override
        public void check(Point point) {
            assertTrue(images.add(List.of(blocks)), () -> "twice: " + Arrays.toString(blocks));
        }

        @Override
        public void close() {}
    }

    private static Set<List<Integer>> sweep(Recording recording) throws InterruptedException {
        Set<List<Integer>> images = ConcurrentHashMap.newKeySet();
        int blocks = recording.earlier().size();
        Sweep.Result result =
                new Sweep(
                                recording,
                                () -> new Witness(blocks, images),
                                new Sweep.Settings(ALL, 2, 1, 0))
                        .run();
        for (Sweep.Failure failure : result.failures()) {
            throw new AssertionError(failure.toString(), failure.cause());
        }
        assertEquals(images.size(), result.states());
        return images;
    }

    private static List<Version> earlier(int blocks) {
        List<Version> earlier = new ArrayList<>();
        for (int i = 0; i < blocks; i++) {
            earlier.add(Version.earlier(i, -1, -1, 0));
        }
        return earlier;
    }

    /** A recording that a host of depth 1 makes, but for what the test says. */
    private static final class Script {
        final List<RecordedCommand> commands = new ArrayList<>();
        long time;

        void write(int block) {
            RecordedCommand write = submit(Kind.WRITE);
            int number = commands.size();
            write.versions.add(new Version(write, block, number, number, number));
            complete(write);
            write.consumed(time++);
        }

        RecordedCommand submit(Kind kind) {
            RecordedCommand command =
                    new RecordedCommand(kind, 1, false, kind + " " + commands.size(), time++);
            commands.add(command);
            return command;
        }

        void complete(RecordedCommand command) {
            command.completed(time++, true);
        }

        void flush() {
            complete(submit(Kind.FLUSH));
        }
    }

    @Test
    void tenWritesOfDifferentBlocksWithTwoFlushesLeave63Images() throws InterruptedException {
        Script script = new Script();
        for (int i = 0; i < 10; i++) {
            script.write(i);
            if (i % 5 == 4) {
                script.flush();
            }
        }
        assertEquals(63, sweep(new Recording(earlier(10), script.commands)).size());
    }

    @Test
    void tenWritesOfOneBlockWithTwoFlushesLeave11Images() throws InterruptedException {
        Script script = new Script();
        for (int i = 0; i < 10; i++) {
            script.write(0);
            if (i % 5 == 4) {
                script.flush();
            }
        }
        assertEquals(11, sweep(new Recording(earlier(1), script.commands)).size());
    }

    @Test
    void aFlushThatWasRungBeforeAWriteWasConsumedDoesNotCoverIt() throws InterruptedException {
        Script script = new Script();
        for (int i = 0; i < 4; i++) {
            script.write(i);
        }
        RecordedCommand fifth = script.submit(Kind.WRITE);
        fifth.versions.add(new Version(fifth, 4, 5, 5, 5));
        script.complete(fifth);
        RecordedCommand flush = script.submit(Kind.FLUSH);
        fifth.consumed(script.time++);
        script.complete(flush);
        for (int i = 5; i < 10; i++) {
            script.write(i);
        }
        script.flush();
        assertEquals(94, sweep(new Recording(earlier(10), script.commands)).size());
    }

    @Test
    void imagesAreThoseThatTryingEverythingFinds() throws InterruptedException {
        int several = 0;
        for (int seed = 0; seed < 3_000; seed++) {
            RandomCourse course = new RandomCourse(new Random(seed));
            Set<List<Integer>> expected =
                    CutOracle.images(
                            RandomCourse.BLOCKS, course.writes, course.flushes, course.reads);
            Set<List<Integer>> found = sweep(course.recording());
            assertEquals(
                    expected,
                    found,
                    "seed " + seed + ": " + course.writes + course.flushes + course.reads);
            several += found.size() > 4 ? 1 : 0;
        }
        assertTrue(several > 1_000, "most have little to lose: " + several);
    }

    /** A few commands on a few blocks, in flight together or not. */
    private static final class RandomCourse {
        static final int BLOCKS = 3;
        static final int MOST_WRITES = 4;

        final List<CutOracle.Write> writes = new ArrayList<>();
        final List<CutOracle.Flush> flushes = new ArrayList<>();
        final List<CutOracle.Read> reads = new ArrayList<>(); // one at most: two must agree

        RandomCourse(Random random) {
            // Each has a place in time for each of its three steps; all places differ.
            int count = 1 + random.nextInt(MOST_WRITES + 2);
            Set<Long> taken = new HashSet<>();
            for (int i = 0; i < count; i++) {
                long[] times = times(random, taken);
                boolean succeeded = random.nextInt(8) != 0;
                if (random.nextInt(3) == 0 || writes.size() == MOST_WRITES) {
                    flushes.add(new CutOracle.Flush(times[0], times[1], succeeded));
                } else {
                    add(random, times, succeeded);
                }
            }
            if (random.nextBoolean()) {
                addRead(random, taken);
            }
        }

        /** A read of a block, after some writes: it shows one that none is later than. */
        private void addRead(Random random, Set<Long> taken) {
            long[] times = times(random, taken);
            int block = random.nextInt(BLOCKS);
            List<CutOracle.Write> there =
                    writes.stream()
                            .filter(write -> write.completed() < times[0])
                            .filter(write -> write.firstBlock() <= block)
                            .filter(write -> block < write.firstBlock() + write.blocks())
                            .toList();
            there.stream()
                    .filter(
                            write ->
                                    there.stream().noneMatch(o -> write.consumed() < o.submitted()))
                    .findFirst()
                    .ifPresent(
                            write ->
                                    reads.add(
                                            new CutOracle.Read(
                                                    write.number(), block, times[0], times[1])));
        }

        private void add(Random random, long[] times, boolean succeeded) {
            int first = random.nextInt(BLOCKS);
            int blocks = 1 + random.nextInt(Math.min(2, BLOCKS - first));
            boolean ends = random.nextInt(5) != 0;
            boolean isHeardOf = ends && random.nextInt(6) != 0;
            writes.add(
                    new CutOracle.Write(
                            writes.size(),
                            first,
                            blocks,
                            random.nextBoolean(),
                            random.nextInt(5) == 0,
                            times[0],
                            ends ? times[1] : RecordedCommand.NEVER,
                            ends && succeeded,
                            isHeardOf ? times[2] : RecordedCommand.NEVER));
        }

        private static long[] times(Random random, Set<Long> taken) {
            long begin = random.nextInt(40);
            long[] times = new long[3];
            for (int i = 0; i < 3; i++) {
                begin += 1 + random.nextInt(6);
                while (!taken.add(begin)) {
                    begin++;
                }
                times[i] = begin;
            }
            return times;
        }

        Recording recording() {
            List<RecordedCommand> commands = new ArrayList<>();
            writes.forEach(write -> commands.add(command(write)));
            for (CutOracle.Flush flush : flushes) {
                RecordedCommand command =
                        new RecordedCommand(Kind.FLUSH, -1, false, "flush", flush.submitted());
                command.completed(flush.completed(), flush.succeeded());
                commands.add(command);
            }
            for (CutOracle.Read read : reads) {
                RecordedCommand command =
                        new RecordedCommand(Kind.READ, 1, true, "read", read.submitted());
                command.completed(read.completed(), true);
                command.add(shown(commands.get(read.write()), read.block()));
                commands.add(command);
            }
            return new Recording(earlier(BLOCKS), commands);
        }

        private static Version shown(RecordedCommand write, int block) {
            return write.versions.stream()
                    .filter(version -> version.block == block)
                    .findFirst()
                    .orElseThrow();
        }

        private static RecordedCommand command(CutOracle.Write write) {
            RecordedCommand command =
                    new RecordedCommand(
                            Kind.WRITE, 1, write.forced(), write.toString(), write.submitted());
            command.completed(write.completed(), write.succeeded());
            command.consumed(write.consumed());
            for (int i = 0; i < write.blocks(); i++) {
                int block = write.firstBlock() + i;
                command.versions.add(
                        new Version(command, block, write.number(), write.number(), 1));
            }
            if (write.isWhole()) {
                Version.join(command.versions);
            }
            return command;
        }
    }

    @Test
    void aFailureIsShrunkToTheBlockThatMatters() throws InterruptedException {
        Script script = new Script();
        for (int i = 0; i < 8; i++) {
            script.write(i);
        }
        Recording recording = new Recording(earlier(8), script.commands);
        Sweep.Result result =
                new Sweep(recording, () -> needs(5), new Sweep.Settings(ALL, 2, 1, 0)).run();
        Sweep.Failure failure = result.failures().getFirst();
        assertEquals(
                List.of("block 5 by WRITE 5"),
                failure.lost().stream().map(Version::toString).toList());
    }

    /** Refuses images in which a block does not hold the newest. */
    private static Fork needs(int block) {
        return new Fork() {
            private long content = -1;

            @Override
            public void put(Version version) {
                content = version.block == block ? version.content() : content;
            }

            @Override
            public void check(Point point) {
                assertTrue(content != -1, "lost");
            }

            @Override
            public void close() {}
        };
    }

    @Test
    void whereThereAreTooManyStatesSomeAreDrawn() throws InterruptedException {
        Script script = new Script();
        for (int i = 0; i < 100; i++) {
            script.write(i);
        }
        Set<List<Integer>> images = ConcurrentHashMap.newKeySet();
        Sweep.Result result =
                new Sweep(
                                new Recording(earlier(100), script.commands),
                                () -> new Witness(100, images),
                                new Sweep.Settings(1000, 2, 1, 7))
                        .run();
        assertEquals(Math.pow(2, 100), result.possible(), 1e20);
        assertTrue(result.states() > 900 && result.states() <= 1000, "" + result.states());
        assertTrue(images.contains(java.util.Collections.nCopies(100, -1)));
        for (int i = 0; i < 100; i++) {
            int block = i;
            assertTrue(images.stream().anyMatch(image -> isAlone(image, block)), "alone: " + i);
        }
    }

    private static boolean isAlone(List<Integer> image, int block) {
        return image.get(block) != -1 && image.stream().filter(held -> held != -1).count() == 1;
    }

    @Test
    void aForkThatCantBeMadeEndsTheSweep() {
        Sweep sweep =
                new Sweep(
                        new Recording(earlier(1), List.of()),
                        () -> {
                            throw new IllegalArgumentException("no room");
                        },
                        new Sweep.Settings(ALL, 2, 1, 0));
        IllegalStateException error = assertThrows(IllegalStateException.class, sweep::run);
        assertEquals(
                IllegalArgumentException.class,
                Objects.requireNonNull(error.getCause()).getClass());
    }
}
