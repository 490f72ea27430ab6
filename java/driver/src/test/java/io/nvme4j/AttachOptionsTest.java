// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nvme4j.AttachOptions.IovaMode;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Options of an attach reach SPDK, or are refused when it runs with something else. */
class AttachOptionsTest {
    private static String tcp() {
        Optional<String> missing = SpdkTarget.missing();
        assumeTrue(missing.isEmpty(), missing.orElse(""));
        return SpdkTarget.shared().tcpId();
    }

    @Test
    void eachHasItsPlaceAndTheLastWordCounts() {
        AttachOptions options =
                AttachOptions.DEFAULT
                        .spdkMemory(64)
                        .spdkMemory(512)
                        .spdkSharedMemory(3)
                        .spdkIovaMode(IovaMode.VIRTUAL)
                        .digests(true, false)
                        .keepAlive(Duration.ofSeconds(20))
                        .shutdownNotification(false);
        assertEquals(
                "data_digest:0 header_digest:1 iova_mode:va keep_alive_ms:20000 memory_mb:512"
                        + " no_shutdown_notification:1 shared_memory_id:3",
                options.text());
        assertEquals("", AttachOptions.DEFAULT.text());
        Controller.attach("trtype:EMBEDDED size:1M", options).close();
    }

    @Test
    void whatSpdkRunsWithCanNotBeChanged() {
        String id = tcp();
        Controller.attach(id).close(); // now it runs
        List<AttachOptions> others =
                List.of(
                        AttachOptions.DEFAULT.spdkMemory(77),
                        AttachOptions.DEFAULT.spdkSharedMemory(5));
        for (AttachOptions other : others) {
            IllegalStateException e =
                    assertThrows(
                            IllegalStateException.class,
                            () -> Controller.attach(id, other).close());
            String message = String.valueOf(e.getMessage());
            assertTrue(message.contains("SPDK runs in this process"), message);
        }
        long refused =
                List.of(IovaMode.values()).stream().filter(mode -> !attaches(id, mode)).count();
        assertEquals(1, refused, "it has one mode");
    }

    private static boolean attaches(String id, IovaMode mode) {
        try {
            Controller.attach(id, AttachOptions.DEFAULT.spdkIovaMode(mode)).close();
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    @Test
    void whatIsOfAControllerCanDifferFromOneToTheNext() {
        String id = tcp();
        for (boolean digests : new boolean[] {true, false}) {
            AttachOptions options =
                    AttachOptions.DEFAULT
                            .digests(digests, digests)
                            .keepAlive(Duration.ofSeconds(20));
            try (Controller controller = Controller.attach(id, options)) {
                assertTrue(controller.namespace(1).blocks() > 0);
            }
        }
    }
}
