// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.Controller;
import io.nvme4j.Namespace;
import io.nvme4j.Transfer;
import io.nvme4j.Transports;
import io.nvme4j.Transports.Transport;
import io.nvme4j.error.CommandException;
import io.nvme4j.internal.queue.SubmissionRecord;
import io.nvme4j.memory.CopyPolicy;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.ScatterGatherList;
import io.nvme4j.spec.NvmOpcode;
import io.nvme4j.spec.StatusCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Transfers of many places that have one completion. */
class TransferGroupTest {
    private static final int EXTENTS = 40;

    /** Each extent has so many places for itself, of which it takes 1 to all. */
    private static final int MOST_BLOCKS = 5;

    static List<Transport> transports() {
        return Transports.all();
    }

    /** Scattered blocks, the last first, and memory for each extent. */
    private static final class Extents {
        final List<Transfer> transfers = new ArrayList<>();
        private final Controller controller;
        private final Namespace namespace;
        private final List<byte[]> memory = new ArrayList<>();
        private final Random random = new Random(1);

        Extents(Controller controller, Namespace namespace) {
            this.controller = controller;
            this.namespace = namespace;
            for (int i = 0; i < EXTENTS; i++) {
                memory.add(new byte[namespace.blockSize() * (1 + random.nextInt(MOST_BLOCKS))]);
                transfers.add(new Transfer(NvmOpcode.WRITE, namespace, lba(i), list(i)));
            }
        }

        static long lba(int i) {
            return 3 + (EXTENTS - i) * 7L;
        }

        private ScatterGatherList list(int i) {
            return controller
                    .scatterGatherList(CopyPolicy.COPY)
                    .add(MemorySegment.ofArray(memory.get(i)));
        }

        List<Transfer> writes() {
            memory.forEach(random::nextBytes);
            transfers.forEach(each -> each.opcode(NvmOpcode.WRITE));
            return transfers;
        }

        List<Transfer> reads() {
            memory.forEach(random::nextBytes);
            transfers.forEach(each -> each.opcode(NvmOpcode.READ));
            return transfers;
        }

        List<byte[]> contents() {
            return memory.stream().map(byte[]::clone).toList();
        }

        /** Each of its own, by other means. */
        List<byte[]> readOneByOne(BlockingIo io) {
            List<byte[]> found = new ArrayList<>();
            for (int i = 0; i < EXTENTS; i++) {
                byte[] bytes = new byte[memory.get(i).length];
                io.read(namespace, lba(i), MemorySegment.ofArray(bytes));
                found.add(bytes);
            }
            return found;
        }
    }

    private static void assertSame(List<byte[]> expected, List<byte[]> actual) {
        for (int i = 0; i < EXTENTS; i++) {
            assertArrayEquals(expected.get(i), actual.get(i), "extent " + i);
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void whatIsWrittenAtOnceIsReadOneByOneAndTheOtherWayRound(Transport transport)
            throws Exception {
        try (Controller controller = transport.attach();
                Engine many = Engine.start(controller, 64);
                Engine few = Engine.start(controller, 4)) {
            Namespace namespace = controller.namespace(transport.namespace());
            Extents extents = new Extents(controller, namespace);
            for (Engine engine : List.of(many, few)) {
                engine.blocking().transferAll(extents.writes());
                List<byte[]> written = extents.contents();
                assertSame(written, extents.readOneByOne(engine.blocking()));
                engine.futures().transferAll(extents.reads()).get(30, TimeUnit.SECONDS);
                assertSame(written, extents.contents());
                assertEquals(2 + EXTENTS, engine.statistics().completed());
            }
        }
    }

    /** Told of by a callback; the first record of the batch is the first extent's, and so on. */
    @Test
    void allGoOutTogetherInTheirOrder() throws Exception {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M");
                DmaBuffer buffer = controller.allocate(4096);
                Engine engine = Engine.start(controller, 64)) {
            List<Transfer> reads = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                ScatterGatherList list =
                        controller.scatterGatherList(CopyPolicy.REFUSE).add(buffer, 512L * i, 512);
                reads.add(
                        new Transfer(NvmOpcode.READ, controller.namespace(1), 100L - 3L * i, list));
            }
            CompletableFuture<List<Long>> told = new CompletableFuture<>();
            engine.callbacks((tag, status, result) -> told.complete(List.of(tag, (long) status)))
                    .transferAll(reads, 17);
            assertEquals(List.of(17L, 0L), told.get(30, TimeUnit.SECONDS));
            long first = engine.lane(0).commands().ownRecords().begin();
            for (int i = 0; i < 8; i++) {
                assertEquals(
                        100L - 3L * i,
                        SubmissionRecord.startingLba(first + i * SubmissionRecord.BYTES));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void theStatusIsThatOfTheFirstThatFailedAndTheListsAreTheCallersAgain(Transport transport) {
        try (Controller controller = transport.attach();
                Engine engine = Engine.start(controller, 4)) {
            Namespace namespace = controller.namespace(transport.namespace());
            List<Transfer> reads = new Extents(controller, namespace).reads();
            reads.get(7).startingLba(namespace.blocks());
            CommandException e =
                    assertThrows(
                            CommandException.class, () -> engine.blocking().transferAll(reads));
            assertTrue(e.status().is(StatusCode.LBA_OUT_OF_RANGE), e.getMessage());
            reads.forEach(each -> each.list().clear());
            assertEquals(1, engine.statistics().completed());
            assertTrue(engine.statistics().submitted() < EXTENTS, "those after it were not sent");
        }
    }

    @Test
    void oneThatIsRefusedKeepsAllFromBeingPublished() {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M");
                Engine engine = Engine.start(controller, 4)) {
            List<Transfer> reads = new Extents(controller, controller.namespace(1)).reads();
            reads.getLast().list().clear();
            BlockingIo io = engine.blocking();
            assertThrows(IllegalArgumentException.class, () -> io.transferAll(reads));
            assertThrows(IllegalArgumentException.class, () -> io.transferAll(List.of()));
            reads.forEach(each -> each.list().clear());
            assertEquals(0, engine.statistics().submitted());
        }
    }

    @Test
    void aGroupThatIsCancelledTellsItsCallerOnceAndSendsNoMore() throws Exception {
        try (Controller controller =
                        Controller.attach("trtype:EMBEDDED size:1M mode:threaded latency:1000s");
                Engine engine = Engine.start(controller, 4)) {
            List<Transfer> reads = new Extents(controller, controller.namespace(1)).reads();
            List<Integer> statuses = new ArrayList<>();
            CompletableFuture<Integer> told = new CompletableFuture<>();
            long ticket =
                    engine.callbacks(
                                    (tag, status, result) -> {
                                        statuses.add(status);
                                        told.complete(status);
                                    })
                            .transferAll(reads, 0);
            while (engine.statistics().inFlight() < 4) {
                Thread.onSpinWait();
            }
            while (!told.isDone()) {
                engine.cancel(ticket); // in vain until the controller has fetched them all
            }
            reads.forEach(each -> each.list().clear());
            engine.close(Duration.ofSeconds(30));
            assertEquals(1, statuses.size());
            assertEquals(4, engine.statistics().submitted());
        }
    }
}
