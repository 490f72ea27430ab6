// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nvme4j.Transports.Transport;
import io.nvme4j.internal.queue.SubmissionRecord;
import io.nvme4j.memory.CopyPolicy;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.ScatterGatherList;
import io.nvme4j.spec.NvmOpcode;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Reads and writes of a queue pair say that they bypass the cache where they are to. */
class ForceUnitAccessTest {
    static List<Transport> transports() {
        return Transports.all();
    }

    /** CDW12 bit 30 of the command that was sent alone. */
    private static int sent(QueuePair queue) {
        while (queue.inFlight() > 0) {
            queue.process((tag, status, result) -> assertEquals(0, status));
        }
        return MemorySegment.ofAddress(queue.ownRecords().begin())
                                .reinterpret(SubmissionRecord.BYTES)
                                .get(ValueLayout.JAVA_INT, 12 * 4)
                        >>> 30
                & 1;
    }

    @ParameterizedTest
    @MethodSource("transports")
    void readsAndWritesAreForcedEachByItself(Transport transport) {
        try (Controller controller = transport.attach();
                DmaBuffer buffer = controller.allocate(1 << 16)) {
            Namespace namespace = controller.namespace(transport.namespace());
            ScatterGatherList list = controller.scatterGatherList(CopyPolicy.REFUSE);
            list.add(buffer, 0, namespace.blockSize());
            for (int forced = 0; forced < 4; forced++) {
                QueuePairOptions options =
                        QueuePairOptions.depth(8)
                                .forceUnitAccess((forced & 1) == 1, forced >> 1 == 1);
                try (QueuePair queue = controller.queuePair(options)) {
                    checkForced(queue, namespace, buffer, list, forced);
                }
            }
        }
    }

    private static void checkForced(
            QueuePair queue,
            Namespace namespace,
            DmaBuffer buffer,
            ScatterGatherList list,
            int forced) {
        int reads = forced & 1;
        int writes = forced >> 1;
        queue.read(namespace, 0, 1, buffer, 0, 0);
        assertEquals(reads, sent(queue));
        queue.write(namespace, 0, 1, buffer, 0, 0);
        assertEquals(writes, sent(queue));
        queue.read(namespace, 0, list, 0);
        assertEquals(reads, sent(queue));
        queue.write(namespace, 0, list, 0);
        assertEquals(writes, sent(queue));
        queue.transfer(new Transfer(NvmOpcode.WRITE, namespace, 0, list), 0);
        assertEquals(writes, sent(queue));
        queue.compare(namespace, 0, 1, buffer, 0, 0);
        assertEquals(0, sent(queue));
    }
}
