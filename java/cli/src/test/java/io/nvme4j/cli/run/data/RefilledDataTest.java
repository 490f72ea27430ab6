// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nvme4j.cli.Cli;
import io.nvme4j.cli.job.Contents;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.Deflater;

/** Data that are made for each write can be compressed, and are there already, as much as asked. */
class RefilledDataTest {
    private static final int BYTES = 4096;
    private static final int WRITES = 4000;

    @TempDir private Path directory;

    private static RefilledData data(Contents contents, long setSize, WriteSets sets) {
        return new RefilledData(contents, List.of(), BYTES, setSize, sets);
    }

    private static Set<ByteBuffer> distinct(RefilledData... makers) {
        Set<ByteBuffer> distinct = new HashSet<>();
        for (RefilledData maker : makers) {
            for (int i = 0; i < WRITES; i++) {
                byte[] bytes = new byte[BYTES];
                maker.fill(MemorySegment.ofArray(bytes), 0, BYTES);
                distinct.add(ByteBuffer.wrap(bytes));
            }
        }
        return distinct;
    }

    @Test
    void noTwoWritesAreAlikeUnlessTheyAreToBe() {
        WriteSets sets = new WriteSets();
        Contents contents = new Contents(0, 512, 0, 0, false);
        RefilledData[] makers = {data(contents, 0, sets), data(contents, 0, sets)};
        assertEquals(2 * WRITES, distinct(makers).size());
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 50, 80})
    void soManyAreThoseOfTheWriteBefore(int percentage) {
        Contents contents = new Contents(0, 512, percentage, 0, false);
        int distinct = distinct(data(contents, 0, new WriteSets())).size();
        assertEquals((100 - percentage) / 100.0, (double) distinct / WRITES, 0.03);
    }

    /** Where two share, each has some of the other's as well, which both together have once. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void setsAreOfOneJobOrOfAllThatShareThem(boolean isShared) {
        WriteSets sets = new WriteSets();
        Contents contents = new Contents(0, 512, 50, 50, isShared);
        RefilledData one = data(contents, WRITES / 2, sets);
        RefilledData other = data(contents, WRITES / 2, sets);
        Set<ByteBuffer> all = distinct(one);
        // Half of the duplicates are of the other's set, of which they meet 1 - exp(-1/2).
        double alone = isShared ? 0.5 + 0.5 * (1 - Math.exp(-0.5)) : 0.5;
        assertEquals(alone, (double) all.size() / WRITES, 0.03);
        all.addAll(distinct(other));
        assertEquals(0.5, (double) all.size() / (2 * WRITES), 0.03);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 25, 50, 90})
    void soMuchCanBeCompressedAway(int percentage) {
        byte[] bytes = new byte[1 << 20];
        Contents contents = new Contents(percentage, 512, 0, 0, false);
        new RefilledData(contents, List.of(), bytes.length, 0, new WriteSets())
                .fill(MemorySegment.ofArray(bytes), 0, bytes.length);
        Deflater deflater = new Deflater();
        deflater.setInput(bytes);
        deflater.finish();
        int compressed = deflater.deflate(new byte[2 << 20]);
        deflater.end();
        assertEquals((100 - percentage) / 100.0, (double) compressed / bytes.length, 0.05);
    }

    @Test
    void jobsWriteSuchData() throws IOException {
        Path disk = directory.resolve("disk.img");
        Path file = directory.resolve("job.fio");
        Files.writeString(
                file, "[a]\nrw=write\nbs=4k\nsize=8m\ndedupe_percentage=50\nverify=md5\n");
        String id = "trtype:EMBEDDED size:8M traddr:" + disk;
        Cli.run("bench", file.toString(), "-r", id).assertOk(); // marks make each block another
        assertEquals(1.0, distinctBlocks(disk), 0.001);
        Cli.run("bench", file.toString(), "-r", id, "--set", "verify=none").assertOk();
        assertEquals(0.5, distinctBlocks(disk), 0.05);
    }

    private static double distinctBlocks(Path disk) throws IOException {
        byte[] content = Files.readAllBytes(disk);
        Set<ByteBuffer> distinct = new HashSet<>();
        int blocks = content.length / BYTES;
        for (int i = 0; i < blocks; i++) {
            distinct.add(ByteBuffer.wrap(content, i * BYTES, BYTES));
        }
        return (double) distinct.size() / blocks;
    }
}
