// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.Controller;
import io.nvme4j.QueuePair;
import io.nvme4j.error.NvmeException;

import org.junit.jupiter.api.Test;

/** Queue pairs for I/Os that are several commands each. */
class IoSplitTest {
    private static final int DEEPEST = 4095;

    @Test
    void whatTheControllersQueueDoesNotTakeWaits() {
        try (Controller controller = Controller.attach("trtype:EMBEDDED traddr:null")) {
            try (QueuePair queue =
                    controller.queuePair(new IoSplit(1, 1).options(controller, 32, 48))) {
                assertEquals(32, queue.depth());
                assertEquals(16, queue.standby());
            }
            try (QueuePair queue =
                    controller.queuePair(new IoSplit(8, 9).options(controller, 1000, 1000))) {
                assertEquals(DEEPEST, queue.depth());
                assertEquals(9000 - DEEPEST, queue.standby());
            }
        }
    }

    @Test
    void moreThanCanWaitIsRefusedWithTheMostThatCan() {
        try (Controller controller = Controller.attach("trtype:EMBEDDED traddr:null")) {
            NvmeException refused =
                    assertThrows(
                            NvmeException.class,
                            () ->
                                    controller.queuePair(
                                            new IoSplit(8, 8).options(controller, 8704, 8704)));
            String message = String.valueOf(refused.getMessage());
            assertTrue(message.contains("up to 8 commands each"), message);
            assertTrue(message.contains("use -q 8703 or less"), message);
            controller.queuePair(new IoSplit(8, 8).options(controller, 8703, 8703)).close();
        }
    }
}
