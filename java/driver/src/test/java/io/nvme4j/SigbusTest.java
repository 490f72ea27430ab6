// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** SPDK installs a SIGBUS handler when it is loaded; the JVM needs its own. */
class SigbusTest {
    @Test
    void aTruncatedMappedFileIsAnInternalErrorWithSpdkLoaded(@TempDir Path directory)
            throws IOException {
        Optional<String> missing = SpdkTarget.missing();
        assumeTrue(missing.isEmpty(), () -> "SPDK: " + missing.orElse(""));
        try (Controller controller = Controller.attach(SpdkTarget.shared().vfioUserId())) {
            assertEquals(false, controller.namespaces().isEmpty());
            for (int round = 0; round < 3; round++) {
                assertThrows(
                        InternalError.class, () -> readPastTheEnd(directory.resolve("mapped")));
            }
        }
        // And with the controller detached, but SPDK still loaded.
        assertThrows(InternalError.class, () -> readPastTheEnd(directory.resolve("mapped")));
    }

    private static void readPastTheEnd(Path file) throws IOException {
        Files.write(file, new byte[8192]);
        try (FileChannel channel =
                        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
                Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, 8192, arena);
            channel.truncate(0);
            mapped.get(ValueLayout.JAVA_BYTE, 4096);
        }
    }
}
