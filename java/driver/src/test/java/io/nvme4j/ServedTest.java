// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nvme4j.embedded.EmbeddedServer;
import io.nvme4j.engine.Engine;
import io.nvme4j.error.Errno;
import io.nvme4j.error.ShimException;
import io.nvme4j.memory.DmaBuffer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Embedded controllers that are served, and hosts that attach to them. */
@Timeout(120)
class ServedTest {
    private static final String ID = "trtype:EMBEDDED size:1M serial:SERVED";

    @TempDir Path directory;

    @Test
    void severalAreServedAtOnceAndLeaveNothing() {
        Path first = directory.resolve("first");
        Path second = directory.resolve("second");
        EmbeddedServer one = EmbeddedServer.start(ID, first);
        try (EmbeddedServer two = EmbeddedServer.start(ID, second)) {
            assertEquals(Optional.of("VFIOUSER"), one.transportId().get("trtype"));
            assertEquals(Optional.of(second.toString()), two.transportId().get("traddr"));
            assertTrue(Files.exists(first.resolve("cntrl")));
            ShimException failure =
                    assertThrows(ShimException.class, () -> EmbeddedServer.start(ID, first));
            assertEquals(Errno.EBUSY, failure.errno());
        } finally {
            one.close();
            one.close(); // which does nothing
        }
        EmbeddedServer.start(ID, first).close();
        assertFalse(Files.exists(first.resolve("cntrl")));
        assertFalse(Files.exists(second.resolve("cntrl")));
    }

    @Test
    void controllerIsAttachedToOverSpdkAgainAndAgain() {
        Optional<String> missing = SpdkTarget.missing();
        assumeTrue(missing.isEmpty(), missing.orElse(""));
        try (EmbeddedServer server = EmbeddedServer.start(ID, directory.resolve("drive"))) {
            for (int round = 1; round <= 3; round++) {
                try (Controller controller = Controller.attach(server.transportId().text())) {
                    assertEquals("SERVED", controller.identify().serialNumber());
                    writeAfter(controller, round);
                }
            }
        }
    }

    /** Reads what the last round has written, and writes this round's. */
    private static void writeAfter(Controller controller, int round) {
        Namespace namespace = controller.namespace(1);
        try (Engine engine = Engine.start(controller, 4);
                DmaBuffer buffer = controller.allocate(4096)) {
            engine.blocking().read(namespace, 5, buffer.segment());
            assertEquals(round - 1, buffer.segment().get(ValueLayout.JAVA_INT, 4092));
            buffer.segment().set(ValueLayout.JAVA_INT, 4092, round);
            engine.blocking().write(namespace, 5, buffer.segment());
        }
    }
}
