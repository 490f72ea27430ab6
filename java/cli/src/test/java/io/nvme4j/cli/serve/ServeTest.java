// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.cli.Child;
import io.nvme4j.cli.Cli;
import io.nvme4j.cli.console.ExitCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** The command that serves a controller. */
@Timeout(120)
class ServeTest {
    @TempDir Path directory;

    @Test
    void printsOneLineAndServesUntilItIsEnded() throws Exception {
        Path drive = directory.resolve("drive");
        String id = "trtype:EMBEDDED size:1M subnqn:nqn.2026-01.org.example:x";
        try (Child child = new Child(directory, "serve", "-r", id, drive.toString())) {
            child.await(() -> child.out().endsWith("\n"));
            assertEquals(
                    "trtype:VFIOUSER traddr:" + drive + " subnqn:nqn.2026-01.org.example:x\n",
                    child.out());
            assertAnswers(drive);
            Cli.run("serve", drive.toString()).assertError(ExitCode.FAILURE, "served in");
            child.signal("TERM");
            assertEquals(143, child.awaitExit(), child.err());
            assertFalse(Files.exists(drive.resolve("cntrl")));
            assertEquals("", child.err());
        }
    }

    @Test
    void oneThatWasKilledIsFollowedByAnother() throws Exception {
        Path drive = directory.resolve("drive");
        for (int i = 0; i < 2; i++) {
            try (Child child = new Child(directory, "serve", drive.toString())) {
                child.await(() -> child.out().endsWith("\n"));
                assertAnswers(drive);
                child.signal("KILL");
                assertEquals(137, child.awaitExit());
            }
        }
    }

    @Test
    void whatCanNotBeServedIsRefused() {
        String drive = directory.resolve("drive").toString();
        Cli.run("serve").assertError(ExitCode.USAGE, "<directory>");
        Cli.run("serve", "-r", "trtype:PCIE traddr:0000:01:00.0", drive)
                .assertError(ExitCode.FAILURE, "trtype:EMBEDDED");
        Cli.run("serve", "-r", "trtype:EMBEDDED block:7", drive)
                .assertError(ExitCode.FAILURE, "block");
        Cli.run("serve", directory.resolve("a drive").toString())
                .assertError(ExitCode.FAILURE, "without blanks");
        assertFalse(Files.exists(Path.of(drive)));
    }

    private static void assertAnswers(Path drive) throws Exception {
        try (SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            assertTrue(socket.connect(UnixDomainSocketAddress.of(drive.resolve("cntrl"))));
        }
    }
}
