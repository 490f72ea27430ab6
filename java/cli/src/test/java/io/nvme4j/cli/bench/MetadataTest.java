// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.bench;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.cli.Cli;
import io.nvme4j.cli.console.ExitCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/** Namespaces whose blocks have metadata, with and without protection information. */
class MetadataTest {
    private static final String ALL = "PRCHK=GUARD|REFTAG|APPTAG";

    @TempDir private Path directory;

    private static Cli.Result bench(String keys, String... options) {
        String[] fixed = {"bench", "-t", "1", "-a", "0", "-q", "4", "-d", "3000", "-r"};
        String[] all = new String[fixed.length + 1 + options.length];
        System.arraycopy(fixed, 0, all, 0, fixed.length);
        all[fixed.length] = "trtype:EMBEDDED size:1M " + keys;
        System.arraycopy(options, 0, all, fixed.length + 1, options.length);
        return Cli.run(all);
    }

    @ParameterizedTest
    @CsvSource({
        "metadata:8 pi:1",
        "metadata:8 pi:1 metadata_mode:extended",
        "metadata:16 pi:2",
        "metadata:16 pi:3 pi_first:1 metadata_mode:extended",
        "metadata:64",
        "metadata:64 metadata_mode:extended"
    })
    void readsAndWrites(String keys) {
        bench(keys, "-w", "randrw").assertOk();
        bench(keys, "-w", "randrw", "-e", "PRACT=1," + ALL).assertOk();
        bench(keys, "-w", "randrw", "-o", "16K", "-e", "PRACT=0," + ALL).assertOk();
    }

    private static void damage(Path disk, int lba) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
            file.seek(lba * 512L + 100);
            int byteThere = file.read();
            file.seek(lba * 512L + 100);
            file.write(byteThere ^ 1);
        }
    }

    /** Data are what they are, whatever stands between them in memory. */
    @ParameterizedTest
    @CsvSource({
        "metadata:8 pi:1,                           PRACT=0",
        "metadata:8 pi:1,                           PRACT=1",
        "metadata:8 pi:1 metadata_mode:extended,    'PRACT=0,PRCHK=GUARD|REFTAG'",
        "metadata:8 pi:1 metadata_mode:extended,    PRACT=1",
        "metadata:16 pi:3 metadata_mode:extended,   PRACT=1",
        "metadata:64,                               PRACT=0",
        "metadata:64 metadata_mode:extended,        PRACT=0"
    })
    void dataAreVerified(String format, String protection) throws IOException {
        Path disk = directory.resolve("disk.img");
        String ledger = directory.resolve("ledger").toString();
        String keys = format + " traddr:" + disk;
        bench(keys, "-w", "write", "-e", protection, "--set", "verify=md5").assertOk();
        bench(keys, "-w", "write", "-e", protection, "--integrity", ledger).assertOk();
        bench(keys, "-w", "read", "-e", protection, "--set", "verify=crc32c").assertOk();
        String[] verify = {"verify", "-r", "trtype:EMBEDDED " + keys, ledger};
        Cli.Result well = Cli.run(verify).assertOk();
        assertTrue(well.out().contains(" 2048 blocks checked, 0 lost"), well.out());
        damage(disk, 77);
        Cli.Result torn = Cli.run(verify);
        assertTrue(torn.out().contains("LBA 77 is torn"), torn.out());
        assertTrue(torn.out().contains("0 lost, 1 torn, 0 misdirected"), torn.out());
    }

    @Test
    void damageIsFound() throws IOException {
        Path disk = directory.resolve("disk.img");
        String keys = "metadata:8 pi:1 traddr:" + disk;
        bench(keys, "-w", "write", "-e", "PRACT=0").assertOk();
        bench(keys, "-w", "read", "-e", "PRCHK=GUARD").assertOk();
        damage(disk, 5);
        Cli.Result result = bench(keys, "-w", "read", "-e", "PRCHK=GUARD");
        assertTrue(result.exitCode() == ExitCode.FAILURE, result.out());
        assertTrue(result.err().contains("End-to-end Guard Check Error"), result.err());
    }

    @Test
    void applicationTagsAreThoseOfTheJob() {
        String keys = "metadata:8 pi:1 traddr:" + directory.resolve("disk.img");
        String checks = "PRCHK=APPTAG";
        bench(keys, "-w", "write", "-e", "PRACT=0", "--set", "apptag=0x888").assertOk();
        bench(keys, "-w", "read", "-e", checks, "--set", "apptag=0x888").assertOk();
        Cli.Result other = bench(keys, "-w", "read", "-e", checks, "--set", "apptag=0x889");
        assertTrue(other.err().contains("Application Tag Check Error"), other.err());
        String[] masked = {"--set", "apptag=0x889", "--set", "apptag_mask=0xff0"};
        bench(keys, "-w", "read", "-e", checks, masked[0], masked[1], masked[2], masked[3])
                .assertOk();
    }

    /** Sizes are of the data: 4160 is a block of 4096 with its metadata. */
    @Test
    void sizeWithMetadataIsAnsweredWithThatOfItsData() {
        String keys = "block:4096 metadata:64 metadata_mode:extended";
        bench(keys, "-o", "4160").assertError(ExitCode.FAILURE, "use -o 4096");
        bench(keys, "-o", "8320").assertError(ExitCode.FAILURE, "use -o 8192");
        bench(keys, "-o", "5000").assertError(ExitCode.FAILURE, "use -o 8192");
    }

    @Test
    void whatCanNotBeIsNamed() {
        bench("metadata:8", "-e", "PRACT")
                .assertError(ExitCode.USAGE, "-e PRACT", "PRACT=0,PRCHK=");
        bench("metadata:8", "-e", "PRCHK=ALL").assertError(ExitCode.USAGE, "GUARD,REFTAG");
        bench("metadata:8", "-O", "512").assertError(ExitCode.FAILURE, "leave -O out");
    }
}
