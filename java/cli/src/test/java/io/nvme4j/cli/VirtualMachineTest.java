// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * From a bare machine to a PCIe drive that the command and the driver's I/O tests work with, in a
 * virtual machine, where one can be booted.
 */
class VirtualMachineTest {
    private static final Path HOME = Path.of("../..").toAbsolutePath().normalize();
    private static final Path MACHINE = HOME.resolve("hugepages-setup/test/vm");
    private static final int SKIPPED = 77;

    /** Those of this test, and the driver's tests. */
    private static String classPath() {
        Path driverTests = HOME.resolve("java/driver/target/test-classes");
        return System.getProperty("java.class.path") + File.pathSeparator + driverTests;
    }

    @Test
    void aDriveIsSetUpAndUsedAndGivenBack() throws IOException, InterruptedException {
        Path log = HOME.resolve("java/cli/target/virtual-machine.log");
        List<String> command =
                List.of(
                        MACHINE.resolve("run").toString(),
                        "--no-install",
                        "env",
                        "NVME4J_CLASS_PATH=" + classPath(),
                        MACHINE.resolve("drive-test").toString());
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        int status = process.waitFor();
        String said = Files.readString(log);
        if (status == SKIPPED) {
            System.out.println("virtual machine: " + said.strip());
        }
        assumeTrue(status != SKIPPED, said);
        assertEquals(0, status, said);
    }
}
