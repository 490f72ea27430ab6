// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nvme4j.Controller;
import io.nvme4j.Namespace;
import io.nvme4j.Transfer;
import io.nvme4j.Transports;
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

/**
 * Where commands are to bypass the controller's cache, they say so: in the records that C sends,
 * the first 64 bytes of which are the submission queue entry.
 */
class ForcedUnitAccessTest {
    private static final int COMPARE = 5;
    private static final int WRITE = 1;
    private static final int READ = 2;

    static List<Transport> transports() {
        return Transports.all();
    }

    private static int field(long record, long offset) {
        return MemorySegment.ofAddress(record)
                .reinterpret(SubmissionRecord.BYTES)
                .get(ValueLayout.JAVA_INT, offset);
    }

    /** Checks the opcode (CDW0 bits 7:0) and FUA (CDW12 bit 30) of a record. */
    private static void assertSent(int opcode, boolean forced, long record) {
        assertEquals(opcode, field(record, 0) & 0xFF);
        assertEquals(forced ? 1 : 0, field(record, 12 * 4) >>> 30 & 1);
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aFusedWriteIsForcedAsAReadOrWriteIs(Transport transport) {
        try (Controller controller = transport.attach();
                DmaBuffer buffer = controller.allocate(1 << 16);
                Engine engine = Engine.start(controller, 8)) {
            assumeTrue(
                    controller.identify().supportsFusedCompareAndWrite(),
                    "the controller has no fused commands");
            Namespace namespace = controller.namespace(transport.namespace());
            ScatterGatherList list = controller.scatterGatherList(CopyPolicy.REFUSE);
            list.add(buffer, 0, namespace.blockSize());
            for (boolean forced : new boolean[] {true, false}) {
                BlockingIo io = engine.blocking(IoOptions.DEFAULT.forceUnitAccess(forced));
                io.read(namespace, 0, 1, buffer, 0);
                io.compareAndWrite(
                        new Transfer(NvmOpcode.COMPARE, namespace, 0, list),
                        new Transfer(NvmOpcode.WRITE, namespace, 0, list));
                long first = engine.lane(0).commands().ownRecords().begin();
                assertSent(COMPARE, false, first);
                assertSent(WRITE, forced, first + SubmissionRecord.BYTES);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void readsAndWritesAreForcedInTheRingAndByList(Transport transport) {
        try (Controller controller = transport.attach();
                DmaBuffer buffer = controller.allocate(1 << 16);
                Engine engine = Engine.start(controller, 8)) {
            Namespace namespace = controller.namespace(transport.namespace());
            ScatterGatherList list = controller.scatterGatherList(CopyPolicy.REFUSE);
            list.add(buffer, 0, namespace.blockSize());
            int sequence = 0;
            for (boolean forced : new boolean[] {true, false}) {
                BlockingIo io = engine.blocking(IoOptions.DEFAULT.forceUnitAccess(forced));
                io.read(namespace, 0, 1, buffer, 0);
                assertSent(READ, forced, engine.ring(0).request(sequence++).record);
                io.write(namespace, 0, 1, buffer, 0);
                assertSent(WRITE, forced, engine.ring(0).request(sequence++).record);
                io.read(namespace, 0, list);
                assertSent(READ, forced, engine.lane(0).commands().ownRecords().begin());
                io.write(namespace, 0, list);
                assertSent(WRITE, forced, engine.lane(0).commands().ownRecords().begin());
                sequence += 2;
            }
        }
    }
}
