// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nvme4j.Transports.Transport;
import io.nvme4j.engine.Engine;
import io.nvme4j.error.CommandException;
import io.nvme4j.internal.queue.FusedPair;
import io.nvme4j.internal.queue.SubmissionRecord;
import io.nvme4j.memory.CopyPolicy;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.ScatterGatherList;
import io.nvme4j.spec.NvmOpcode;
import io.nvme4j.spec.Status;
import io.nvme4j.spec.StatusCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** A fused Compare and Write of queue pairs and engines, with what transfers can say. */
class CompareAndWriteTest {
    private static final int DEPTH = 8;

    static List<Transport> transports() {
        return Transports.all();
    }

    /** Carries a pair out. Returns its status. */
    private interface Runner {
        int run(Transfer compare, Transfer write);
    }

    private static int run(QueuePair queue, Transfer compare, Transfer write) {
        queue.compareAndWrite(compare, write, 7);
        assertEquals(2, queue.inFlight());
        int[] told = {0, 0};
        while (queue.inFlight() > 0) {
            queue.process(
                    (tag, status, result) -> {
                        assertEquals(7, tag);
                        told[0]++;
                        told[1] = status;
                    });
        }
        assertEquals(1, told[0]);
        return told[1];
    }

    private static int run(Engine engine, Transfer compare, Transfer write) {
        try {
            engine.blocking().compareAndWrite(compare, write);
            return 0;
        } catch (CommandException e) {
            return e.status().field();
        }
    }

    /** A controller, both ways to it, and a list of a block to compare with and one to write. */
    private static final class Rig implements AutoCloseable {
        final Controller controller;
        final Namespace namespace;
        final QueuePair queue;
        final Engine engine;
        final ScatterGatherList compared;
        final ScatterGatherList written;
        final MemorySegment expected;
        final MemorySegment replacement;

        Rig(Controller controller, int namespace) {
            this.controller = controller;
            this.namespace = controller.namespace(namespace);
            queue = controller.queuePair(DEPTH);
            engine = Engine.start(controller, DEPTH);
            int size = this.namespace.blockSize();
            expected = MemorySegment.ofArray(new byte[size]);
            replacement = MemorySegment.ofArray(new byte[size]);
            compared = controller.scatterGatherList(CopyPolicy.COPY).add(expected);
            written = controller.scatterGatherList(CopyPolicy.COPY).add(replacement);
        }

        static Rig ofFusing(Transport transport) {
            Controller controller = transport.attach();
            boolean fuses = controller.identify().supportsFusedCompareAndWrite();
            if (!fuses) {
                controller.close();
            }
            assumeTrue(fuses, "the controller has no fused commands");
            return new Rig(controller, transport.namespace());
        }

        Transfer compare(long lba) {
            return new Transfer(NvmOpcode.COMPARE, namespace, lba, compared);
        }

        Transfer write(long lba) {
            return new Transfer(NvmOpcode.WRITE, namespace, lba, written);
        }

        List<Runner> runners() {
            return List.of(
                    (compare, write) -> run(queue, compare, write),
                    (compare, write) -> run(engine, compare, write));
        }

        void assertRefused(Transfer compare, Transfer write) {
            for (Runner each : runners()) {
                assertThrows(IllegalArgumentException.class, () -> each.run(compare, write));
            }
            assertEquals(0, queue.inFlight());
        }

        /** Makes what is compared and what is written longer. */
        void add(int blocks) {
            int size = blocks * namespace.blockSize();
            compared.add(MemorySegment.ofArray(new byte[size]));
            written.add(MemorySegment.ofArray(new byte[size]));
        }

        /** Fails while a transfer uses one of the lists. */
        void clearLists() {
            compared.clear();
            written.clear();
        }

        @Override
        public void close() {
            engine.close();
            queue.close();
            controller.close();
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void theSecondOfTwoThatExpectTheSameDataFailsAsItsCompareDid(Transport transport) {
        try (Rig rig = Rig.ofFusing(transport)) {
            int round = 0;
            for (Runner each : rig.runners()) {
                rig.expected.fill((byte) ++round);
                rig.replacement.fill((byte) (round + 100));
                rig.engine.blocking().write(rig.namespace, 3, rig.expected);
                assertEquals(0, each.run(rig.compare(3), rig.write(3)));
                Status second = Status.of(each.run(rig.compare(3), rig.write(3)));
                assertTrue(second.is(StatusCode.COMPARE_FAILURE), second::toString);
                MemorySegment now = MemorySegment.ofArray(new byte[rig.namespace.blockSize()]);
                rig.engine.blocking().read(rig.namespace, 3, now);
                assertEquals(-1, now.mismatch(rig.replacement));
            }
            rig.clearLists();
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void theTwoAreNeighboursFusedAndForcedAsEachOfThemSays(Transport transport) {
        try (Rig rig = Rig.ofFusing(transport)) {
            rig.engine.blocking().write(rig.namespace, 0, rig.expected);
            for (int forced = 0; forced < 4; forced++) {
                Transfer compare = rig.compare(0).forceUnitAccess((forced & 1) != 0);
                Transfer write = rig.write(0).forceUnitAccess((forced & 2) != 0);
                assertEquals(0, run(rig.queue, compare, write));
                long record = rig.queue.ownRecords().begin();
                assertSent(0x105, forced & 1, record);
                assertSent(0x201, forced >> 1, record + SubmissionRecord.BYTES);
            }
        }
    }

    /** Checks opcode and FUSE (CDW0 bits 9:0) and FUA (CDW12 bit 30) of a record. */
    private static void assertSent(int opcodeAndFuse, int forced, long record) {
        MemorySegment sent = MemorySegment.ofAddress(record).reinterpret(SubmissionRecord.BYTES);
        assertEquals(opcodeAndFuse, sent.get(ValueLayout.JAVA_INT, 0) & 0x3FF);
        assertEquals(forced, sent.get(ValueLayout.JAVA_INT, 12 * 4) >>> 30 & 1);
    }

    @ParameterizedTest
    @MethodSource("transports")
    void whatIsNoPairIsRefusedAndItsListsAreFree(Transport transport) {
        try (Rig rig = Rig.ofFusing(transport)) {
            rig.assertRefused(rig.compare(0), rig.write(1));
            rig.assertRefused(rig.write(0), rig.compare(0));
            rig.assertRefused(rig.compare(0), rig.compare(0));
            rig.written.add(MemorySegment.ofArray(new byte[rig.namespace.blockSize()]));
            rig.assertRefused(rig.compare(0), rig.write(0));
            rig.clearLists();
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aPairGoesWholeOrNotAtAllAndNeverOnStandby(Transport transport) {
        try (Rig rig = Rig.ofFusing(transport);
                DmaBuffer buffer = rig.controller.allocate(1 << 16);
                QueuePair two = rig.controller.queuePair(QueuePairOptions.depth(2).standby(2));
                QueuePair one = rig.controller.queuePair(QueuePairOptions.depth(1).standby(1))) {
            rig.engine.blocking().write(rig.namespace, 0, rig.expected);
            assertThrows(
                    IllegalArgumentException.class,
                    () -> one.compareAndWrite(rig.compare(0), rig.write(0), 0));
            two.read(rig.namespace, 0, 1, buffer, 0, 0);
            assertThrows(
                    IllegalStateException.class,
                    () -> two.compareAndWrite(rig.compare(0), rig.write(0), 0));
            assertEquals(1, two.inFlight());
            assertEquals(0, Completions.drain(two));
            assertEquals(0, run(two, rig.compare(0), rig.write(0)));
            rig.clearLists();
        }
    }

    @Test
    void whatTheControllerHasNotIsNotAskedOfIt() {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M")) {
            FusedPair pair = new FusedPair(controller.scatterGatherList(CopyPolicy.REFUSE));
            String message =
                    assertThrows(IllegalArgumentException.class, () -> pair.fuse(false))
                            .getMessage();
            assertTrue(String.valueOf(message).contains("FUSES"), message);
        }
    }

    @Test
    void aPairCrossesABoundaryThatOthersAreSplitAt() {
        try (Rig rig = new Rig(Controller.attach("trtype:EMBEDDED size:1M"), 1)) {
            Namespace cut = rig.namespace.withBoundaries(4, 0);
            Namespace zoned = rig.namespace.withBoundaries(0, 4);
            rig.add(1);
            for (Runner each : rig.runners()) {
                assertEquals(
                        0, each.run(rig.compare(3).namespace(cut), rig.write(3).namespace(cut)));
            }
            assertThrows(
                    IllegalArgumentException.class,
                    () ->
                            run(
                                    rig.queue,
                                    rig.compare(3).namespace(zoned),
                                    rig.write(3).namespace(zoned)));
            rig.clearLists();
        }
    }
}
