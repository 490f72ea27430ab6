// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.cli.Cli;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Copies of a job that verifies: together they write and check all that the job is about. */
class CopiesThatVerifyTest {
    private static final int MEBIBYTE = 1 << 20;

    @TempDir private Path directory;

    private Path disk() {
        return directory.resolve("disk.img");
    }

    private Cli.Result run(String... lines) throws IOException {
        List<String> job = new ArrayList<>(List.of("[job]", "rw=write", "bs=4k", "iodepth=4"));
        job.addAll(List.of(lines));
        Path file = Files.write(directory.resolve("job.fio"), job);
        String id = "trtype:EMBEDDED size:4M traddr:" + disk();
        return Cli.run("bench", file.toString(), "-r", id, "--output-format=json").assertOk();
    }

    private static double total(Cli.Result result, String direction) {
        List<?> jobs = (List<?>) Cli.at(result.json(), "jobs");
        return jobs.stream().mapToDouble(job -> Cli.numberAt(job, direction + ".total_ios")).sum();
    }

    private void assertWritten(int begin, int end) throws IOException {
        byte[] data = Files.readAllBytes(disk());
        for (int block = 0; block < 4 * MEBIBYTE / 512; block++) {
            boolean isMarked = data[block * 512] == 'N';
            boolean isInside = block * 512 >= begin && block * 512 < end;
            assertEquals(isInside, isMarked, "block " + block);
        }
    }

    @Test
    void copiesWithBlocksOfTheirOwnWriteAndCheckAllOfThem() throws IOException {
        Cli.Result result =
                run("verify=crc32c", "numjobs=2", "offset_increment=1m", "size=1m", "offset=1m");
        assertEquals(512, total(result, "write"));
        assertEquals(512, total(result, "read"));
        assertWritten(MEBIBYTE, 3 * MEBIBYTE);
        assertFalse(result.err().contains("job"), result.err());
    }

    @Test
    void queuePairsOfSuchCopiesShareTheCopysBlocks() throws IOException {
        Cli.Result result =
                run(
                        "verify=crc32c",
                        "numjobs=2",
                        "num_qpairs=2",
                        "offset_increment=25%",
                        "size=25%");
        assertEquals(512, total(result, "write"));
        assertEquals(512, total(result, "read"));
        assertWritten(0, 2 * MEBIBYTE);
    }

    @Test
    void copiesOfTheSameBlocksHaveAPartEachAndItIsSaid() throws IOException {
        Cli.Result result = run("verify=crc32c", "numjobs=2", "size=1m");
        assertEquals(256, total(result, "write"));
        assertEquals(256, total(result, "read"));
        assertWritten(0, MEBIBYTE);
        assertTrue(result.err().contains("job job: each of its 2 threads"), result.err());
        assertEquals(1, result.err().lines().count(), result.err());
    }

    @Test
    void aLedgerIsAboutTheBlocksOfAllCopies() throws IOException {
        String ledger = directory.resolve("ledger").toString();
        run("integrity=" + ledger, "numjobs=2", "offset_increment=1m", "size=1m");
        run("integrity=" + ledger, "numjobs=2", "offset_increment=1m", "size=1m");
        Cli.Result result =
                Cli.run("verify", "-r", "trtype:EMBEDDED traddr:" + disk(), ledger).assertOk();
        assertTrue(result.out().contains(" 4096 blocks checked, 0 lost"), result.out());
    }
}
