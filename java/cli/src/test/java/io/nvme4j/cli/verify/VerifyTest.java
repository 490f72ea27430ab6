// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.cli.Child;
import io.nvme4j.cli.Cli;
import io.nvme4j.cli.console.ExitCode;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Blocks that are damaged behind the controller's back are found, and called what they are. */
class VerifyTest {
    private static final int BLOCK = 512;
    private static final int BLOCKS = 2048;

    @TempDir Path directory;
    private Path disk;
    private Path ledger;
    private String id;

    @BeforeEach
    void name() {
        disk = directory.resolve("disk.img");
        ledger = directory.resolve("disk.ledger");
        id = "trtype:EMBEDDED size:1M traddr:" + disk;
    }

    private void write(String... more) {
        String[] fixed = {
            "bench",
            "-r",
            id,
            "-w",
            "write",
            "-a",
            "0",
            "-d",
            "256",
            "-q",
            "8",
            "--integrity",
            ledger.toString()
        };
        String[] all = java.util.Arrays.copyOf(fixed, fixed.length + more.length);
        System.arraycopy(more, 0, all, fixed.length, more.length);
        Cli.run(all).assertOk();
    }

    private Cli.Result verify() {
        return Cli.run("verify", "-r", id, ledger.toString());
    }

    private byte[] block(Path file, int lba) throws IOException {
        byte[] block = new byte[BLOCK];
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "r")) {
            open.seek((long) lba * BLOCK);
            open.readFully(block);
        }
        return block;
    }

    private void put(int lba, byte[] block) throws IOException {
        try (RandomAccessFile open = new RandomAccessFile(disk.toFile(), "rw")) {
            open.seek((long) lba * BLOCK);
            open.write(block);
        }
    }

    private void assertFault(String... parts) {
        Cli.Result result = verify();
        assertEquals(ExitCode.FAILURE, result.exitCode(), result.err());
        for (String part : parts) {
            assertTrue(result.out().contains(part), part + " is not in: " + result.out());
        }
    }

    @Test
    void whatWasWrittenIsThere() {
        write();
        Cli.Result result = verify().assertOk();
        assertTrue(result.out().contains(BLOCKS + " blocks checked, 0 lost"), result.out());
    }

    @Test
    void zerosAreLost() throws IOException {
        write();
        put(100, new byte[BLOCK]);
        assertFault("LBA 100 is lost", "1 lost, 0 torn, 0 misdirected, 0 stale");
    }

    @Test
    void aBitThatTurnedIsTorn() throws IOException {
        write();
        byte[] block = block(disk, 101);
        block[400] ^= 1;
        put(101, block);
        assertFault("LBA 101 is torn", "0 lost, 1 torn, 0 misdirected, 0 stale");
    }

    @Test
    void aBlockOfAnotherPlaceIsMisdirected() throws IOException {
        write();
        put(102, block(disk, 999));
        assertFault("LBA 102 is misdirected: it holds the block of LBA 999");
    }

    @Test
    void anOldWriteIsStaleAndHalfOfOneIsTorn() throws IOException {
        write();
        Path old = Files.copy(disk, directory.resolve("old.img"));
        write();
        for (int lba = 8; lba < 16; lba++) {
            put(lba, block(old, lba));
        }
        put(24, block(old, 24));
        assertFault(
                "LBA 8 is stale: generation 1, generation 2 was acknowledged",
                "LBA 24 is torn: generation 1, generation 2 was acknowledged",
                "0 lost, 1 torn, 0 misdirected, 8 stale");
    }

    @Test
    void withoutALedgerMarksAreChecked() throws IOException {
        write();
        put(5, block(disk, 6));
        Cli.Result result = Cli.run("verify", "-r", id);
        assertEquals(ExitCode.FAILURE, result.exitCode());
        assertTrue(result.out().contains("LBA 5 is misdirected"), result.out());
    }

    private double count(String direction, String... settings) {
        List<String> arguments = new ArrayList<>(List.of("bench", "-r", id, "-w", "write"));
        arguments.addAll(List.of("-a", "0", "-q", "1", "-d", "64", "--output-format=json"));
        for (String setting : settings) {
            arguments.addAll(List.of("--set", setting));
        }
        Cli.Result result = Cli.run(arguments.toArray(String[]::new)).assertOk();
        return Cli.numberAt(result.json(), "jobs.0." + direction + ".total_ios");
    }

    @Test
    void readsThatVerifyAreReads() {
        assertEquals(64, count("write", "verify=crc32c"));
        assertEquals(64, count("read", "verify=crc32c"));
        assertEquals(0, count("read", "verify=crc32c", "do_verify=0"));
    }

    /** Once sixteen wait, four are read for each four that are written. */
    @Test
    void backlogIsReadInBatches() {
        assertEquals(64, count("read", "verify=md5", "do_verify=0", "verify_backlog=16"));
        assertEquals(
                52,
                count(
                        "read",
                        "verify=md5",
                        "do_verify=0",
                        "verify_backlog=16",
                        "verify_backlog_batch=4"));
    }

    /** Two queue pairs write half of the blocks each, and no less. */
    @Test
    void queuePairsShareWhatIsVerified() throws IOException {
        Path file =
                Files.write(
                        directory.resolve("a.fio"),
                        List.of(
                                "[a]",
                                "rw=write",
                                "size=256k",
                                "bs=4k",
                                "iodepth=4",
                                "verify=crc32c",
                                "num_qpairs=2"));
        Cli.Result result =
                Cli.run("bench", file.toString(), "-r", id, "--output-format=json").assertOk();
        assertEquals(64, Cli.numberAt(result.json(), "jobs.0.write.total_ios"));
        assertEquals(64, Cli.numberAt(result.json(), "jobs.0.read.total_ios"));
    }

    /** A write that has to wait for its block is neither left out nor put elsewhere. */
    @Test
    void blocksThatAreBusyAreWaitedFor() throws IOException {
        Path file =
                Files.write(
                        directory.resolve("a.fio"),
                        List.of(
                                "[a]",
                                "rw=randwrite",
                                "size=128k",
                                "bs=4k",
                                "iodepth=16",
                                "loops=50"));
        Cli.run("bench", file.toString(), "-r", id, "--integrity", ledger.toString()).assertOk();
        ByteBuffer counts = ByteBuffer.wrap(Files.readAllBytes(ledger));
        counts.order(ByteOrder.LITTLE_ENDIAN).position(4096);
        for (int unit = 0; unit < 32; unit++) {
            assertEquals(50, counts.getLong(), "writes issued to unit " + unit);
            assertEquals(50, counts.getLong(), "writes acknowledged of unit " + unit);
        }
    }

    /**
     * What came after the run does not make its writes look slower. Reading the blocks takes a
     * millisecond for each eight at least, which the run's length leaves out of what has passed.
     */
    @Test
    void readingBackIsNoPartOfTheRun() {
        long begin = System.nanoTime();
        Cli.Result result =
                Cli.run(
                                "bench",
                                "-r",
                                "trtype:EMBEDDED size:64M latency:1ms",
                                "-w",
                                "write",
                                "-q",
                                "8",
                                "-t",
                                "1",
                                "-a",
                                "0",
                                "--set",
                                "verify=crc32c",
                                "--output-format=json")
                        .assertOk();
        long passed = System.nanoTime() - begin;
        double reads = Cli.numberAt(result.json(), "jobs.0.read.total_ios");
        double writes = Cli.numberAt(result.json(), "jobs.0.write.total_ios");
        double iops = Cli.numberAt(result.json(), "jobs.0.write.iops");
        assertTrue(reads > 0, result.out());
        double wholeSeconds = passed / 1e9;
        assertTrue(writes / iops + reads / 8 / 1000 <= wholeSeconds, result.out());
    }

    /** Writes that the ledger knows to have been acknowledged, as far as it is there. */
    private long acknowledged() throws IOException {
        byte[] bytes = Files.exists(ledger) ? Files.readAllBytes(ledger) : new byte[0];
        LongBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
        long sum = 0;
        for (int i = 4096 / Long.BYTES + 1; i < words.limit(); i += 2) {
            sum += words.get(i);
        }
        return sum;
    }

    @Test
    void nothingAcknowledgedIsLostWhenTheWriterIsKilled() throws Exception {
        try (Child child =
                new Child(
                        directory,
                        "bench",
                        "-r",
                        id,
                        "-w",
                        "randrw",
                        "-q",
                        "16",
                        "-t",
                        "60",
                        "-a",
                        "0",
                        "--integrity",
                        ledger.toString())) {
            child.await(() -> acknowledged() > 1000); // each block has been written several times
            child.signal("KILL");
            child.awaitExit();
        }
        Cli.Result result = verify().assertOk();
        assertTrue(result.out().contains("0 lost, 0 torn, 0 misdirected, 0 stale"), result.out());
        write();
        verify().assertOk();
    }

    @Test
    void ledgersOfOtherBlocksAreRefused() {
        write();
        Cli.run("bench", "-r", id, "-w", "write", "-o", "8K", "--integrity", ledger.toString())
                .assertError(ExitCode.FAILURE, "is the ledger of other blocks");
        Cli.run("verify", "-r", "trtype:EMBEDDED size:4K", ledger.toString())
                .assertError(ExitCode.FAILURE, "name the device that was written");
        Cli.run("verify", "-r", id, disk.toString()).assertError(ExitCode.FAILURE, "is no ledger");
    }
}
