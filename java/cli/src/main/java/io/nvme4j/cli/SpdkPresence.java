// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

import io.nvme4j.Controller;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Whether the transports that need SPDK are part of this build. Loads nothing. */
final class SpdkPresence {
    /** System property of the library: where the native libraries are, if not in the jar. */
    private static final String LIBRARY_PATH = "nvme4j.library.path";

    private static final String LIBRARY = "libnvme4j_spdk.so";

    static final String ABSENT =
            "not available: built without SPDK; install SPDK with its pkg-config files, set"
                    + " SPDK_DIR to its prefix, and build again";

    private SpdkPresence() {}

    static boolean isBuilt() {
        String directory = System.getProperty(LIBRARY_PATH);
        if (directory != null) {
            return Files.exists(Path.of(directory, LIBRARY));
        }
        return Controller.class.getResource("/META-INF/native/" + platform() + "/" + LIBRARY)
                != null;
    }

    private static String platform() {
        String architecture = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        return "linux-" + (architecture.equals("amd64") ? "x86_64" : architecture);
    }
}
