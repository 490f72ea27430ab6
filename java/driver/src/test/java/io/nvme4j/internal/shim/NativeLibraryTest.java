// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.shim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nvme4j.error.Errno;
import io.nvme4j.error.ShimException;
import io.nvme4j.internal.queue.CompletionRecord;
import io.nvme4j.internal.queue.SubmissionRecord;
import io.nvme4j.internal.shim.generated.n4j_completion;
import io.nvme4j.internal.shim.generated.n4j_submission;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

class NativeLibraryTest {
    @Test
    void theRecordsAreLaidOutAsTheLibrarySays() {
        NativeLibrary.ensureLoaded(); // throws otherwise
        assertEquals(SubmissionRecord.BYTES, n4j_submission.layout().byteSize());
        assertEquals(CompletionRecord.BYTES, n4j_completion.layout().byteSize());
        assertEquals(64, n4j_submission.tag$offset());
        assertEquals(12, n4j_completion.status$offset());
    }

    @Test
    void aFailedCallSaysWhatWasTriedAndWhy() {
        ShimException e =
                assertThrows(
                        ShimException.class,
                        () -> NativeController.attach("trtype:FLOPPY ns:1", ""));
        assertEquals(Errno.EINVAL, e.errno());
        assertTrue(e.getMessage().contains("FLOPPY"), e.getMessage());
        assertTrue(e.getMessage().contains("EMBEDDED"), e.getMessage());
    }

    @Test
    void malformedTransportIdsAreNamed() {
        for (String id :
                new String[] {"", "trtype", "trtype:", ":EMBEDDED", "trtype:TCP trtype:TCP"}) {
            ShimException e =
                    assertThrows(ShimException.class, () -> NativeController.attach(id, ""));
            assertEquals(Errno.EINVAL, e.errno(), id);
        }
    }

    /** Loads the library in a process of its own. */
    static final class Loading {
        private Loading() {}

        public static void main(String[] arguments) {
            NativeLibrary.ensureLoaded();
        }
    }

    /** Only where a file system can be mounted, in a namespace of its own. */
    @Test
    void temporaryDirectoryThatIsMountedNoexecIsToldWithWhatToSet(@TempDir Path directory)
            throws Exception {
        String mounted = "mount -t tmpfs -o noexec none " + directory + " && exec \"$@\"";
        assumeTrue(
                run(directory, mounted, List.of("true")).isEmpty(),
                "nothing can be mounted here: noexec was not tried");
        List<String> command =
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-Djava.io.tmpdir=" + directory,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Loading.class.getName());
        String said = run(directory, mounted, command);
        assertTrue(said.contains("noexec, set -Djava.io.tmpdir to"), said);
        assertTrue(said.contains("-Dnvme4j.library.path"), said);
    }

    private static String run(Path directory, String line, List<String> command) throws Exception {
        List<String> all = new ArrayList<>(List.of("unshare", "-m", "sh", "-c", line, "sh"));
        all.addAll(command);
        Process process =
                new ProcessBuilder(all)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }
}
