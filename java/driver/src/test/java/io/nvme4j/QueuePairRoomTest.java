// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.memory.CopyPolicy;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.ScatterGatherList;
import io.nvme4j.spec.NvmOpcode;

import org.junit.jupiter.api.Test;

import java.util.HashSet;
import java.util.Set;

/** Trying answers whether a queue pair had room, and changes nothing where it had none. */
class QueuePairRoomTest {
    private static final int DEPTH = 4;

    private final Set<Long> told = new HashSet<>();

    private void drain(QueuePair queue) {
        while (queue.inFlight() > 0) {
            queue.process((tag, status, result) -> told.add(tag));
        }
    }

    @Test
    void asManyAreTakenAsThereIsRoomFor() {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:8M");
                DmaBuffer buffer = controller.allocate(4096);
                QueuePair queue = controller.queuePair(DEPTH)) {
            Namespace namespace = controller.namespace(1);
            for (int tag = 0; tag < DEPTH; tag += 2) {
                assertTrue(queue.tryWrite(namespace, tag, 1, buffer, 0, tag));
                assertTrue(queue.tryRead(namespace, tag, 1, buffer, 0, tag + 1L));
            }
            assertFalse(queue.tryWrite(namespace, 0, 1, buffer, 0, 98));
            assertFalse(queue.tryRead(namespace, 0, 1, buffer, 0, 99));
            assertThrows(
                    IllegalStateException.class, () -> queue.read(namespace, 0, 1, buffer, 0, 99));
            drain(queue);
            assertEquals(Set.of(0L, 1L, 2L, 3L), told);
        }
    }

    /** 3 commands in a queue of 4, of which one or two are taken. */
    @Test
    void aTransferGoesAsAWholeOrNotAtAll() {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:8M mdts:1");
                DmaBuffer buffer = controller.allocate(3 * 8192);
                QueuePair queue = controller.queuePair(DEPTH)) {
            Namespace namespace = controller.namespace(1);
            ScatterGatherList list =
                    controller.scatterGatherList(CopyPolicy.REFUSE).add(buffer, 0, 3 * 8192);
            Transfer transfer = new Transfer(NvmOpcode.WRITE, namespace, 0, list);
            queue.flush(namespace, 1);
            assertTrue(queue.tryTransfer(transfer, 2));
            assertEquals(0, queue.available());
            assertFalse(queue.tryTransfer(transfer, 3));
            drain(queue);
            queue.flush(namespace, 4);
            queue.flush(namespace, 5);
            assertFalse(queue.tryTransfer(transfer, 6));
            assertFalse(queue.tryRead(namespace, 0, 48, buffer, 0, 7));
            assertEquals(2, queue.available());
            list.clear(); // it is the caller's
            drain(queue);
            assertEquals(Set.of(1L, 2L, 4L, 5L), told);
        }
    }

    @Test
    void aFusedPairNeedsTwoPlacesApartFromStandby() {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:8M");
                DmaBuffer buffer = controller.allocate(4096);
                QueuePair queue =
                        controller.queuePair(QueuePairOptions.depth(DEPTH).standby(DEPTH))) {
            Namespace namespace = controller.namespace(1);
            Transfer compare = half(controller, NvmOpcode.COMPARE, buffer);
            Transfer write = half(controller, NvmOpcode.WRITE, buffer);
            for (int tag = 0; tag < DEPTH - 1; tag++) {
                queue.flush(namespace, tag);
            }
            assertFalse(queue.tryCompareAndWrite(compare, write, 8));
            assertEquals(DEPTH + 1, queue.available());
            drain(queue);
            assertTrue(queue.tryCompareAndWrite(compare, write, 9));
            drain(queue);
            assertEquals(Set.of(0L, 1L, 2L, 9L), told);
        }
    }

    private static Transfer half(Controller controller, NvmOpcode opcode, DmaBuffer buffer) {
        ScatterGatherList list =
                controller.scatterGatherList(CopyPolicy.REFUSE).add(buffer, 0, 512);
        return new Transfer(opcode, controller.namespace(1), 0, list);
    }
}
