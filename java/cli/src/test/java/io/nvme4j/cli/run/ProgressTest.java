// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;

class ProgressTest {
    @Test
    void onlyTerminalsAreTerminals(@TempDir Path directory) throws Exception {
        Path toFile = Files.createSymbolicLink(directory.resolve("1"), Path.of("/tmp/file"));
        Path toTerminal = Files.createSymbolicLink(directory.resolve("2"), Path.of("/dev/pts/3"));
        assertFalse(Progress.isTerminal(toFile));
        assertTrue(Progress.isTerminal(toTerminal));
        assertFalse(Progress.isTerminal(directory.resolve("3")));
    }
}
