// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nvme4j.embedded.EmbeddedServer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * SPDK's own programs, as hosts of a controller that is served. They are looked for where SPDK was
 * built, which NVME4J_SPDK_SOURCES says, then where it is installed.
 *
 * <p>Not among them is {@code abort}: SPDK's vfio-user transport can't look through a queue pair's
 * requests, so that the program calls a function that isn't there (SPDK 26.05), at SPDK's own
 * target, too. Nor is {@code reset}, which takes no transport id.
 */
@Timeout(180)
class ServedToSpdkTest {
    private static final String SOURCES = "NVME4J_SPDK_SOURCES";
    private static final String ID = "trtype:EMBEDDED size:64M";

    @TempDir Path directory;

    @ParameterizedTest
    @CsvSource({
        "build/bin/spdk_nvme_identify, -g -s 256",
        "build/bin/spdk_nvme_perf, -g -s 256 -q 128 -o 512 -w randread -t 1",
        "build/bin/spdk_nvme_perf, -g -s 256 -q 256 -o 4096 -w randrw -M 50 -t 1",
        "build/bin/spdk_nvme_perf, -g -s 256 -q 8 -o 1048576 -w write -t 1",
        "build/bin/spdk_nvme_perf, -g -s 256 -q 1 -o 512 -w randwrite -t 1",
        "build/bin/spdk_nvme_perf, -g -s 256 -q 32 -o 131072 -w rw -M 70 -t 1",
        "build/bin/spdk_nvme_perf, -g -s 512 -q 256 -o 1048576 -w randrw -M 50 -t 1",
        "build/bin/spdk_nvme_perf, -g -s 256 -q 128 -o 4096 -w randrw -M 70 -P 8 -t 1",
        "test/nvme/compliance/nvme_compliance, -g",
        "test/nvme/aer/aer, -g -T",
        "test/nvme/overhead/overhead, -g -o 4096 -t 1",
        "test/nvme/fused_ordering/fused_ordering, --no-huge -s 128"
    })
    void programIsSatisfied(String program, String options) throws Exception {
        Path binary = find(program);
        try (EmbeddedServer server = EmbeddedServer.start(ID, directory.resolve("drive"))) {
            run(binary, options, server);
        }
    }

    @Test
    void processesComeOneAfterTheOther() throws Exception {
        Path binary = find("build/bin/spdk_nvme_perf");
        try (EmbeddedServer server = EmbeddedServer.start(ID, directory.resolve("drive"))) {
            for (String workload : List.of("write", "read", "randrw -M 50")) {
                run(binary, "-g -s 256 -q 32 -o 4096 -t 1 -w " + workload, server);
            }
        }
    }

    private void run(Path binary, String options, EmbeddedServer server) throws Exception {
        Path log = directory.resolve("log");
        List<String> command = new ArrayList<>(List.of(binary.toString()));
        command.addAll(List.of(options.split(" ", -1)));
        command.addAll(List.of("-r", server.transportId().text()));
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        try {
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), () -> text(log));
            assertEquals(0, process.exitValue(), () -> text(log));
        } finally {
            process.destroyForcibly();
        }
    }

    private static Path find(String program) {
        Optional<String> missing = SpdkTarget.missing();
        assumeTrue(missing.isEmpty(), missing.orElse(""));
        Optional<Path> built =
                Optional.ofNullable(System.getenv(SOURCES)).map(each -> Path.of(each, program));
        Optional<Path> installed =
                SpdkTarget.findBinary()
                        .map(target -> target.resolveSibling(Path.of(program).getFileName()));
        Optional<Path> found =
                Stream.of(built, installed)
                        .flatMap(Optional::stream)
                        .filter(Files::isExecutable)
                        .findFirst();
        assumeTrue(
                found.isPresent(),
                program + " is neither installed nor where " + SOURCES + " says");
        return found.orElseThrow();
    }

    private static String text(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
