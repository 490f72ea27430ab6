// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.error.CompletionStatus;
import io.nvme4j.error.Errno;
import io.nvme4j.error.NvmeException;
import io.nvme4j.memory.DmaBuffer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;

/**
 * Controllers of which one field, wherever it is, has an extreme value: attaching is refused with a
 * sentence, or the controller works, as far as its namespace can be what it says.
 */
@Timeout(300)
class HostileFieldsTest {
    private static final int LARGEST_READ = 1 << 20;

    /** In the order of memory. */
    private static final List<String> BYTES = List.of("00", "01", "3f", "40", "7f", "80", "ff");

    private static final List<String> WORDS =
            List.of("ffff", "ff7f", "ffffffff", "feffffff", "ffffffffffffffff", "ffffffffffffff7f");

    private final List<String> faults = new ArrayList<>();
    private int attached;
    private int refused;

    private void meet(String overrides) {
        String id = "trtype:EMBEDDED size:1M overrides:" + overrides;
        try (Controller controller = Controller.attach(id)) {
            attached++;
            controller.identify();
            controller.smartLog();
            controller.namespaces().forEach(namespace -> read(controller, namespace));
        } catch (NvmeException e) {
            refused++;
            if (String.valueOf(e.getMessage()).length() < 20) {
                faults.add(overrides + ": " + e);
            }
        } catch (RuntimeException | Error e) {
            faults.add(overrides + ": " + e);
        }
    }

    /** Its first block. What comes of it is the controller's affair, if only it comes. */
    private static void read(Controller controller, Namespace namespace) {
        assertTrue(namespace.blocks() >= 0 && namespace.geometry().blocks().distance() >= 512);
        if (namespace.blocks() == 0 || namespace.blockSize() > LARGEST_READ) {
            return;
        }
        int[] told = new int[1];
        try (DmaBuffer buffer = controller.allocate(2 * LARGEST_READ);
                QueuePair queuePair = controller.queuePair(1)) {
            queuePair.read(namespace, 0, 1, buffer, 0, 7);
            while (told[0] == 0) {
                queuePair.process((tag, status, result) -> told[0] += check(status));
            }
        } catch (IllegalArgumentException e) {
            assertTrue(namespace.blockSize() > 4096 || namespace.metadataSize() > 0, e.toString());
        }
        assertTrue(told[0] <= 1);
    }

    private static int check(int status) {
        int errno = CompletionStatus.errno(status);
        assertTrue(errno == 0 || errno == Errno.EINVAL, "errno " + errno);
        return 1;
    }

    private void meetAll(int cns, int end) {
        for (int offset = 0; offset < end; offset++) {
            for (String value : BYTES) {
                meet("identify-" + cns + "@" + offset + "=" + value);
            }
            if (offset % 4 == 0) {
                for (String value : WORDS) {
                    meet("identify-" + cns + "@" + offset + "=" + value);
                }
            }
        }
        System.out.printf("CNS %d: %d attached to, %d refused%n", cns, attached, refused);
        assertEquals(List.of(), faults);
        assertTrue(attached > refused);
    }

    @Test
    void anyFieldOfANamespaceIsRefusedOrWorks() {
        meetAll(0, 192);
    }

    @Test
    void anyFieldOfAControllerIsRefusedOrWorks() {
        meetAll(1, 1024);
    }

    @Test
    void aListOfNamespacesThatDoesNotEndIsRefused() {
        NvmeException e =
                assertThrows(
                        NvmeException.class,
                        () -> Controller.attach("trtype:EMBEDDED overrides:identify-2@4=01000000"));
        assertTrue(String.valueOf(e.getMessage()).contains("identifiers increase"), e.toString());
    }

    @Test
    void whatHasMoreBytesThanOffsetsCanSayIsRefused() {
        String id = "trtype:EMBEDDED overrides:identify-0@0=ffffffffffffffff";
        NvmeException e = assertThrows(NvmeException.class, () -> Controller.attach(id));
        assertTrue(String.valueOf(e.getMessage()).contains("more than 2^63 bytes"), e.toString());
    }
}
