// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

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
            while (!Files.exists(ledger)) { // a busy machine takes its time
                assertTrue(child.isAlive(), child.err());
                Thread.sleep(50);
            }
            Thread.sleep(2000);
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
