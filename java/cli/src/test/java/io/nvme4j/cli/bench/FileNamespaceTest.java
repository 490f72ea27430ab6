// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.cli.Cli;
import io.nvme4j.cli.console.ExitCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that the embedded controller is pointed at, which may be anybody's. */
class FileNamespaceTest {
    @TempDir private Path directory;

    private Path someonesFile() throws IOException {
        return Files.write(
                directory.resolve("letters"),
                "dear".repeat(1 << 14).getBytes(StandardCharsets.UTF_8));
    }

    private static Cli.Result write(String keys, String... more) {
        String[] fixed = {"bench", "-w", "randwrite", "-q", "1", "-d", "100", "-a", "0", "-r"};
        String[] all = new String[fixed.length + 1 + more.length];
        System.arraycopy(fixed, 0, all, 0, fixed.length);
        all[fixed.length] = "trtype:EMBEDDED " + keys;
        System.arraycopy(more, 0, all, fixed.length + 1, more.length);
        return Cli.run(all);
    }

    @Test
    void aFileThatIsNotOurOwnIsNotOverwritten() throws IOException {
        Path file = someonesFile();
        byte[] before = Files.readAllBytes(file);
        write("traddr:" + file).assertError(ExitCode.FAILURE, "--destroy-data", "EMBEDDED");
        write("size:64K traddr:" + file).assertError(ExitCode.FAILURE, "--destroy-data");
        assertArrayEquals(before, Files.readAllBytes(file));
        Cli.run("bench", "-r", "trtype:EMBEDDED traddr:" + file, "-d", "100").assertOk();
        write("traddr:" + file, "--destroy-data").assertOk();
        byte[] after = Files.readAllBytes(file);
        assertEquals(before.length, after.length);
        assertFalse(new String(after, StandardCharsets.UTF_8).contains("dear".repeat(2000)));
    }

    @Test
    void aFileThatBenchMadeIsFree() {
        Path file = directory.resolve("disk.img");
        write("size:64K traddr:" + file).assertOk();
        write("traddr:" + file).assertOk();
        write("size:64K block:4096 traddr:" + file).assertOk();
    }

    @ParameterizedTest
    @ValueSource(strings = {"verify", "identify", "bench"})
    void aFileThatIsNotThereIsNotMade(String command) {
        Path file = directory.resolve("disk.img");
        Cli.run(command, "-r", "trtype:EMBEDDED traddr:" + file)
                .assertError(ExitCode.FAILURE, "there is no file " + file, "add size:");
        assertFalse(Files.exists(file));
    }

    @ParameterizedTest
    @ValueSource(strings = {"verify", "identify", "bench"})
    void onlyRegularFilesAreNamespaces(String command) {
        for (String path : new String[] {"/proc/self/comm", "/dev/null", "/dev/zero", "/tmp"}) {
            Cli.Result result = Cli.run(command, "-r", "trtype:EMBEDDED traddr:" + path);
            assertEquals(ExitCode.FAILURE, result.exitCode(), result.out());
            assertTrue(result.err().contains(path), result.err());
        }
    }

    @Test
    void checkingNothingIsNoSuccess() throws IOException {
        String id = "trtype:EMBEDDED traddr:" + someonesFile();
        Cli.Result bare = Cli.run("verify", "-r", id);
        assertEquals(ExitCode.FAILURE, bare.exitCode());
        assertTrue(bare.out().contains("0 blocks checked"), bare.out());
        assertTrue(bare.err().contains("nothing was checked: no block has a mark"), bare.err());

        String ledger = directory.resolve("ledger").toString();
        String own = "size:64K traddr:" + directory.resolve("disk.img");
        write(own, "--integrity", directory.resolve("other").toString()).assertOk();
        Cli.run("bench", "-r", "trtype:EMBEDDED " + own, "-d", "1", "--integrity", ledger);
        Cli.Result unwritten = Cli.run("verify", "-r", "trtype:EMBEDDED " + own, ledger);
        assertEquals(ExitCode.FAILURE, unwritten.exitCode());
        assertTrue(unwritten.out().contains(" 0 blocks checked"), unwritten.out());
        assertTrue(unwritten.err().contains("no write that " + ledger), unwritten.err());
    }
}
