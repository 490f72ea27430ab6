// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.cli.Cli;
import io.nvme4j.cli.console.ExitCode;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** verify=pattern says as much as fio's does: whatever a job reads has to be the pattern. */
class PatternTest {
    @TempDir private Path directory;
    private Path disk;
    private String id;

    @BeforeEach
    void zeroes() throws IOException {
        disk = Files.write(directory.resolve("disk.img"), new byte[2 << 20]);
        id = "trtype:EMBEDDED traddr:" + disk;
    }

    private Cli.Result run(String... lines) throws IOException {
        Path file = Files.write(directory.resolve("job.fio"), List.of(lines));
        return Cli.run("bench", file.toString(), "-r", id, "--destroy-data");
    }

    private static String[] job(String... lines) {
        List<String> all =
                new ArrayList<>(
                        List.of("[job]", "bs=4k", "size=1m", "verify=pattern", "iodepth=4"));
        all.addAll(List.of(lines));
        return all.toArray(String[]::new);
    }

    private void assertWrong(Cli.Result result, String part) {
        assertEquals(ExitCode.FAILURE, result.exitCode(), result.out());
        assertTrue(result.err().contains(part), result.err());
    }

    @Test
    void aJobThatOnlyReadsFindsThatThePatternIsNotThere() throws IOException {
        String[] job = job("rw=read", "verify_pattern=0x55");
        assertWrong(run(job), "2048 blocks of EMBEDDED (" + disk + ") ns 1 are wrong");
        byte[] data = new byte[2 << 20];
        Arrays.fill(data, 0, 1 << 20, (byte) 0x55);
        Files.write(disk, data);
        run(job).assertOk();
        data[777 * 512 + 100] = 0;
        Files.write(disk, data);
        assertWrong(run(job), "LBA 777 is torn: the pattern ends at byte 100");
        assertWrong(run(job("rw=randread", "verify_pattern=0x55")), "LBA 777 is torn");
    }

    @Test
    void theFirstWrongBlockEndsAFatalJob() throws IOException {
        Cli.Result result = run(job("rw=read", "verify_pattern=0x55", "verify_fatal=1"));
        assertWrong(result, "LBA 0 is lost: the pattern is not there");
    }

    @Test
    void whatAnotherJobWroteHasToBeThePatternAsWell() throws IOException {
        String[] write = {"[write]", "rw=write", "verify_pattern=0x66", "do_verify=0"};
        String[] read = {"[read]", "stonewall", "rw=read"};
        List<String> lines = new ArrayList<>(List.of("[global]"));
        lines.addAll(List.of(job()).subList(1, job().length));
        lines.addAll(List.of(write));
        lines.addAll(List.of(read));
        lines.add("verify_pattern=0x66");
        run(lines.toArray(String[]::new)).assertOk();
        lines.set(lines.size() - 1, "verify_pattern=0x67");
        assertWrong(run(lines.toArray(String[]::new)), "2048 blocks");
    }

    /** Which fio finds on the disk as well. */
    @Test
    void offsetsInAPatternAreThoseOfWhatIsWritten() throws Exception {
        String[] job = job("rw=write", "verify_pattern=0xff%o\"ab\"", "filename=disk.img");
        run(job).assertOk();
        byte[] data = Files.readAllBytes(disk);
        for (int unit = 0; unit < 1 << 20; unit += 4096) {
            ByteBuffer bytes = ByteBuffer.wrap(data, unit, 4096).order(ByteOrder.LITTLE_ENDIAN);
            assertEquals(unit, bytes.getLong(unit + 1));
            assertEquals(unit, bytes.getLong(unit + 12));
        }
        data[5 << 12 | 1] = 1;
        Files.write(disk, data);
        assertWrong(run(job("rw=read", "verify_pattern=0xff%o\"ab\"")), "LBA 40 is torn");
    }

    @Test
    void fioFindsThePatternsWithTheirOffsets() throws Exception {
        String[] job = job("rw=randwrite", "verify_pattern=%o0xff%o");
        run(job).assertOk();
        Fio.Result fio =
                Fio.run(
                        directory,
                        "--name=a",
                        "--filename=disk.img",
                        "--rw=read",
                        "--bs=4k",
                        "--size=1m",
                        "--verify=pattern",
                        "--verify_pattern=%o0xff%o");
        assertTrue(fio.isOk(), fio.out());
    }

    /** In a job that writes too, what it has not written may be as it is, as in fio. */
    @Test
    void aJobThatWritesChecksWhatItWrote() throws IOException {
        run(job("rw=randrw", "verify_pattern=\"abc\"")).assertOk();
        run(job("rw=write", "verify_pattern=\"abc\"")).assertOk();
        byte[] data = Files.readAllBytes(disk);
        for (int i = 0; i < 1 << 20; i++) {
            assertEquals("abc".charAt(i % 4096 % 3), data[i], "byte " + i);
        }
    }

    @Test
    void aPatternAndALedgerDoNotGoTogether() throws IOException {
        Path ledger = directory.resolve("ledger");
        run(job("rw=write", "verify_pattern=0x55", "integrity=" + ledger))
                .assertError(ExitCode.USAGE, "verify=pattern", "use crc32c");
        run("[job]", "bs=4k", "rw=write", "verify_pattern=0x55", "integrity=" + ledger).assertOk();
        Cli.run("verify", "-r", id, ledger.toString()).assertOk();
    }
}
