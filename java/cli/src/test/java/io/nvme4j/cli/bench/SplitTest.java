// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.cli.Cli;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** I/Os that are more than a command can be, and more of them than a queue takes. */
class SplitTest {
    private static final int KIBIBYTE = 1 << 10;

    @TempDir private Path directory;

    private static Cli.Result bench(String keys, String... options) {
        List<String> all = new ArrayList<>(List.of("bench", "-r", "trtype:EMBEDDED " + keys));
        all.addAll(List.of("-a", "0"));
        all.addAll(List.of(options));
        return Cli.run(all.toArray(String[]::new));
    }

    private String file() {
        return " size:1M traddr:" + directory.resolve("disk.img");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mdts:1",
                "mdts:1 mode:threaded",
                "mdts:1 iova:scrambled sgl:none",
                "mdts:1 block:4096 metadata:8 pi:1",
                "mdts:1 metadata:64 iova:scrambled sgl:none",
                "mdts:1 metadata:8 metadata_mode:extended mode:threaded"
            })
    void anIoAboveTheLimitIsSplitAndTheResultSaysSo(String keys) {
        Cli.Result result =
                bench(keys + " size:1M", "-w", "randrw", "-o", "64K", "-q", "8", "-d", "1000")
                        .assertOk();
        assertTrue(result.out().matches("(?s).* in up to \\d+ commands, queue.*"), result.out());
        Cli.Result json =
                bench(
                                keys + " size:1M",
                                "-w",
                                "randwrite",
                                "-o",
                                "64K",
                                "-q",
                                "8",
                                "-d",
                                "500",
                                "--output-format=json")
                        .assertOk();
        assertEquals(500, Cli.numberAt(json.json(), "jobs.0.write.total_ios"));
        assertEquals(500 * 64, Cli.numberAt(json.json(), "jobs.0.write.io_kbytes"));
        assertTrue(Cli.numberAt(json.json(), "jobs.0.commands_per_io") >= 8, json.out());
    }

    @Test
    void anIoThatIsOneCommandIsNotSaidToBeSplit() {
        Cli.Result result = bench("mdts:1", "-o", "8K", "-d", "100", "--output-format=json");
        assertFalse(result.assertOk().out().contains("commands_per_io"), result.out());
    }

    @Test
    void allPartsOfASplitIoArrive() throws IOException {
        bench(
                        "mdts:1" + file(),
                        "-w",
                        "write",
                        "-o",
                        "256K",
                        "-d",
                        "4",
                        "--set",
                        "buffer_pattern=0x41")
                .assertOk();
        byte[] expected = new byte[KIBIBYTE * KIBIBYTE];
        Arrays.fill(expected, (byte) 0x41);
        byte[] found = Files.readAllBytes(directory.resolve("disk.img"));
        assertEquals(-1, Arrays.mismatch(expected, Arrays.copyOf(found, expected.length)));
    }

    @Test
    void splitIosAreVerified() {
        String ledger = directory.resolve("ledger").toString();
        bench("mdts:1" + file(), "-w", "randwrite", "-o", "256K", "-q", "3", "--integrity", ledger)
                .assertOk();
        Cli.run("verify", "-r", "trtype:EMBEDDED mdts:1" + file(), ledger).assertOk();
    }

    @ParameterizedTest
    @ValueSource(strings = {"traddr:null", "traddr:null mode:threaded", "traddr:null mdts:1"})
    void moreIosThanAQueueTakesWaitForTheirTurn(String keys) {
        Cli.Result result =
                bench(keys, "-o", "16K", "-q", "6000", "-d", "20000", "--output-format=json")
                        .assertOk();
        assertEquals(20000, Cli.numberAt(result.json(), "jobs.0.read.total_ios"));
    }
}
