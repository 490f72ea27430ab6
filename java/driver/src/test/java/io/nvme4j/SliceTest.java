// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import static io.nvme4j.Completions.drain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.nvme4j.Transports.Transport;
import io.nvme4j.engine.CallbackIo;
import io.nvme4j.engine.Engine;
import io.nvme4j.map.BlockLayout;
import io.nvme4j.map.PlannedCommand;
import io.nvme4j.memory.CopyPolicy;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.ScatterGatherList;
import io.nvme4j.spec.AdminOpcode;
import io.nvme4j.spec.IdentifyCns;
import io.nvme4j.spec.NvmOpcode;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Random;

/** A slice is a namespace of its own to whoever uses it, and nothing outside it is touched. */
class SliceTest {
    private static final int BLOCKS = 16;

    static List<Transport> transports() {
        return Transports.all();
    }

    @ParameterizedTest
    @MethodSource("transports")
    void randomCommandsInASliceAgreeWithAModelAndLeaveTheNeighboursAlone(Transport transport) {
        int first = 200;
        int inside = 1 << 10;
        try (Controller controller = transport.attach();
                QueuePair queue = controller.queuePair(16)) {
            Namespace whole = controller.namespace(transport.namespace());
            byte[] before = new byte[BLOCKS * whole.blockSize()];
            byte[] after = new byte[BLOCKS * whole.blockSize()];
            Random random = new Random(7);
            random.nextBytes(before);
            random.nextBytes(after);
            queue.writeZeroes(whole, first, inside, 0);
            queue.write(whole, first - BLOCKS, MemorySegment.ofArray(before), 1);
            queue.write(whole, first + inside, MemorySegment.ofArray(after), 2);
            assertEquals(0, drain(queue));

            Namespace slice = whole.slice(first - 100, inside + 300).slice(100, inside);
            assertEquals(first, slice.firstBlock());
            DiskModel model = new DiskModel(controller, queue, slice, 0, inside, 4, 11);
            model.run(2000);
            model.close();

            assertBlocks(before, queue, whole, first - BLOCKS);
            assertBlocks(after, queue, whole, first + inside);
        }
    }

    private static void assertBlocks(byte[] expected, QueuePair queue, Namespace in, long lba) {
        byte[] found = new byte[expected.length];
        queue.read(in, lba, MemorySegment.ofArray(found), 0);
        assertEquals(0, drain(queue));
        assertArrayEquals(expected, found);
    }

    @ParameterizedTest
    @MethodSource("transports")
    void anEngineAndAQueuePairMeanTheSameBlocksOfASlice(Transport transport) {
        try (Controller controller = transport.attach();
                QueuePair queue = controller.queuePair(16);
                Engine engine = Engine.start(controller, 16);
                DmaBuffer buffer = controller.allocate(1 << 16)) {
            Namespace whole = controller.namespace(transport.namespace());
            Namespace slice = whole.slice(40, 20);
            byte[] data = new byte[whole.blockSize()];
            new Random(3).nextBytes(data);
            buffer.segment().copyFrom(MemorySegment.ofArray(data));
            engine.blocking().write(slice, 1, 1, buffer, 0);
            engine.blocking().write(slice, 2, MemorySegment.ofArray(data));
            engine.blocking().command(block(slice, NvmOpcode.WRITE, 3, buffer));
            queue.write(slice, 4, 1, buffer, 0, 0);
            queue.write(slice, 5, MemorySegment.ofArray(data), 0);
            queue.command(block(slice, NvmOpcode.WRITE, 6, buffer), 0);
            assertEquals(0, drain(queue));
            for (int i = 1; i <= 6; i++) {
                assertBlocks(data, queue, whole, 40 + i);
            }
            engine.blocking().writeZeroes(slice, 1, 1);
            engine.blocking().deallocate(slice, 2, 1);
            queue.writeZeroes(slice, 3, 1, 0);
            queue.deallocate(slice, 4, 1, 0);
            assertEquals(0, drain(queue));
            for (int i = 1; i <= 4; i++) {
                assertBlocks(new byte[data.length], queue, whole, 40 + i);
            }
            engine.blocking().flush(slice);
        }
    }

    private static Command block(Namespace of, NvmOpcode opcode, long lba, DmaBuffer buffer) {
        return new Command(opcode.value())
                .namespace(of)
                .startingLba(lba)
                .data(buffer, 0, of.blockSize());
    }

    @Test
    void whatIsNotInsideIsRefusedByQueuePairs() {
        try (Rig rig = new Rig();
                QueuePair queue = rig.controller.queuePair(8)) {
            for (long lba :
                    List.of(15L, 16L, 1L << 40, Long.MAX_VALUE, -1L, -15L, Long.MIN_VALUE)) {
                rig.assertOutside(
                        List.of(
                                () -> queue.read(rig.slice, lba, 2, rig.buffer, 0, 0),
                                () -> queue.write(rig.slice, lba, 2, rig.buffer, 0, 0),
                                () -> queue.compare(rig.slice, lba, 2, rig.buffer, 0, 0),
                                () -> queue.read(rig.slice, lba, rig.list, 0),
                                () -> queue.write(rig.slice, lba, rig.list, 0),
                                () -> queue.transfer(rig.transfer(NvmOpcode.WRITE, lba), 0),
                                () ->
                                        queue.compareAndWrite(
                                                rig.transfer(NvmOpcode.COMPARE, lba),
                                                rig.transfer(NvmOpcode.WRITE, lba),
                                                0),
                                () -> queue.writeZeroes(rig.slice, lba, 2, 0),
                                () -> queue.deallocate(rig.slice, lba, 2, 0),
                                () -> queue.command(Command.verify(rig.slice, lba, 2), 0),
                                () -> queue.command(Command.writeZeroes(rig.slice, lba, 2), 0)));
            }
            assertEquals(0, queue.inFlight());
        }
    }

    @Test
    void whatIsNotInsideIsRefusedByEngines() {
        try (Rig rig = new Rig();
                Engine engine = Engine.start(rig.controller, 8)) {
            CallbackIo io = engine.callbacks((tag, status, result) -> {});
            for (long lba : List.of(15L, 16L, Long.MAX_VALUE, -1L)) {
                rig.assertOutside(
                        List.of(
                                () -> io.read(rig.slice, lba, 2, rig.buffer, 0, 0),
                                () -> io.write(rig.slice, lba, 2, rig.buffer, 0, 0),
                                () -> io.compare(rig.slice, lba, 2, rig.buffer, 0, 0),
                                () -> io.read(rig.slice, lba, rig.list, 0),
                                () -> io.transfer(rig.transfer(NvmOpcode.WRITE, lba), 0),
                                () ->
                                        io.compareAndWrite(
                                                rig.transfer(NvmOpcode.COMPARE, lba),
                                                rig.transfer(NvmOpcode.WRITE, lba),
                                                0),
                                () -> io.writeZeroes(rig.slice, lba, 2, 0),
                                () -> io.deallocate(rig.slice, lba, 2, 0),
                                () -> io.command(Command.verify(rig.slice, lba, 2), 0)));
            }
            assertEquals(0, engine.statistics().submitted());
        }
    }

    @Test
    void commandsWhoseBlocksAreNotKnownAreNotOfASlice() {
        try (Rig rig = new Rig();
                QueuePair queue = rig.controller.queuePair(8)) {
            Command.putRange(rig.buffer.segment(), 0, 0, 1);
            for (Command command :
                    List.of(
                            Command.deallocate(rig.slice, rig.buffer, 0, 1),
                            new Command(0xC0).namespace(rig.slice))) {
                assertThrows(IllegalArgumentException.class, () -> queue.command(command, 0));
            }
            queue.command(new Command(NvmOpcode.FLUSH.value()).namespace(rig.slice), 0);
            assertEquals(0, drain(queue));
        }
    }

    /** A format would wipe what is outside as well. */
    @Test
    void anAdminCommandIsNotOfASlice() {
        try (Rig rig = new Rig()) {
            Admin admin = rig.controller.admin();
            Command format = new Command(AdminOpcode.FORMAT_NVM.value()).namespace(rig.slice);
            assertThrows(IllegalArgumentException.class, () -> admin.execute(format));
            assertThrows(IllegalArgumentException.class, () -> admin.submit(format));
            int cns = IdentifyCns.NAMESPACE.value();
            assertEquals(
                    -1,
                    admin.identify(cns, rig.slice)
                            .mismatch(admin.identify(cns, rig.controller.namespace(1))));
        }
    }

    @Test
    void aSliceIsRefusedWithItsNamespaceWhichMayHaveGrownMeanwhile() {
        try (Rig rig = new Rig();
                QueuePair queue = rig.controller.queuePair(8)) {
            Namespace small = rig.namespace(1000);
            Namespace slice = small.slice(8, 8);
            Namespace grown = small.as(rig.namespace(2000));
            assertEquals(2000, grown.blocks());
            assertSame(small, small.as(rig.namespace(1000)));
            queue.read(slice, 0, 2, rig.buffer, 0, 0);
            assertEquals(0, drain(queue));
            grown.invalidate();
            for (Namespace one :
                    List.of(small, slice, grown, slice.slice(1, 4), grown.slice(1, 4))) {
                assertThrows(
                        IllegalStateException.class, () -> queue.read(one, 0, 2, rig.buffer, 0, 0));
            }
        }
    }

    @Test
    void aPlanHasTheBlocksOfTheNamespace() {
        try (Rig rig = new Rig()) {
            PlannedCommand only = rig.controller.plan(rig.slice, 3, rig.list).commands().getFirst();
            assertEquals(100 + 3, only.startingLba());
            rig.assertOutside(List.of(() -> rig.controller.plan(rig.slice, 15, rig.list)));
            assertThrows(IllegalStateException.class, () -> rig.slice.withBoundaries(8, 0));
        }
    }

    @Property
    void slicesAreInsideWhatTheyAreOf(
            @ForAll @LongRange(min = -2, max = 20) long first,
            @ForAll @LongRange(min = -1, max = 20) long blocks) {
        try (Rig rig = new Rig()) {
            if (blocks < 1) {
                assertThrows(IllegalArgumentException.class, () -> rig.slice.slice(first, blocks));
            } else if (first < 0 || first + blocks > BLOCKS) {
                assertThrows(IndexOutOfBoundsException.class, () -> rig.slice.slice(first, blocks));
            } else {
                Namespace inner = rig.slice.slice(first, blocks);
                assertEquals(100 + first, inner.firstBlock());
                assertEquals(blocks, inner.blocks());
                assertEquals(blocks * 512, inner.sizeInBytes());
            }
        }
    }

    /** A slice of 16 blocks, from block 100 on. */
    private static final class Rig implements AutoCloseable {
        final Controller controller = Controller.attach("trtype:EMBEDDED size:1M");
        final Namespace slice = controller.namespace(1).slice(100, BLOCKS);
        final DmaBuffer buffer = controller.allocate(4096);
        final ScatterGatherList list =
                controller.scatterGatherList(CopyPolicy.REFUSE).add(buffer, 0, 1024);

        Namespace namespace(long blocks) {
            return new Namespace(
                    controller.memory(),
                    1,
                    blocks,
                    BlockLayout.of(512),
                    ProtectionFormat.NONE,
                    controller.namespace(1).geometry());
        }

        Transfer transfer(NvmOpcode opcode, long lba) {
            return new Transfer(opcode, slice, lba, list);
        }

        void assertOutside(List<Executable> calls) {
            for (Executable call : calls) {
                assertThrows(IndexOutOfBoundsException.class, call);
            }
        }

        @Override
        public void close() {
            buffer.close();
            controller.close();
        }
    }
}
