// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.engine.CallbackIo;
import io.nvme4j.engine.Engine;
import io.nvme4j.memory.CopyPolicy;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.ScatterGatherList;
import io.nvme4j.spec.NvmOpcode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import java.util.List;

/**
 * Commands with a namespace of another controller are refused: its blocks may be larger, so that
 * the device would write behind the end of what it was given.
 */
class ForeignNamespaceTest {
    private static final int BLOCK = 512;

    @Test
    void everyCommandOfAQueuePairIsRefused() {
        try (Rig rig = new Rig();
                QueuePair queue = rig.controller.queuePair(4)) {
            rig.assertRefused(
                    List.of(
                            () -> queue.read(rig.foreign, 0, 1, rig.buffer, 0, 0),
                            () -> queue.write(rig.foreign, 0, 1, rig.buffer, 0, 0),
                            () -> queue.compare(rig.foreign, 0, 1, rig.buffer, 0, 0),
                            () -> queue.read(rig.foreign, 0, rig.list, 0),
                            () -> queue.write(rig.foreign, 0, rig.list, 0),
                            () -> queue.compare(rig.foreign, 0, rig.list, 0),
                            () -> queue.read(rig.foreign, 0, rig.buffer.segment(), 0),
                            () -> queue.write(rig.foreign, 0, rig.buffer.segment(), 0),
                            () -> rig.transfer(queue),
                            () -> rig.compareAndWrite(queue),
                            () -> queue.flush(rig.foreign, 0),
                            () -> queue.writeZeroes(rig.foreign, 0, 1, 0),
                            () -> queue.deallocate(rig.foreign, 0, 1, 0)));
            assertEquals(0, queue.inFlight());
        }
    }

    @Test
    void everyCommandOfAnEngineIsRefused() {
        try (Rig rig = new Rig();
                Engine engine = Engine.start(rig.controller, 4)) {
            CallbackIo io = engine.callbacks((tag, status, result) -> {});
            DmaBuffer buffer = rig.buffer;
            rig.assertRefused(
                    List.of(
                            () -> io.read(rig.foreign, 0, 1, buffer, 0, 0),
                            () -> io.write(rig.foreign, 0, 1, buffer, 0, 0),
                            () -> io.compare(rig.foreign, 0, 1, buffer, 0, 0),
                            () -> io.read(rig.foreign, 0, rig.list, 0),
                            () -> io.write(rig.foreign, 0, rig.list, 0),
                            () -> io.flush(rig.foreign, 0),
                            () -> io.flushAfterAll(rig.foreign, 0),
                            () -> io.writeZeroes(rig.foreign, 0, 1, 0),
                            () -> io.deallocate(rig.foreign, 0, 1, 0),
                            () ->
                                    io.compareAndWrite(
                                            rig.transfer(NvmOpcode.COMPARE),
                                            rig.transfer(NvmOpcode.WRITE),
                                            0)));
        }
    }

    @Test
    void aControllerIsNotAskedOfIt() {
        try (Rig rig = new Rig()) {
            rig.assertRefused(
                    List.of(
                            () -> rig.controller.identify(rig.foreign),
                            () -> rig.controller.plan(rig.foreign, 0, rig.list)));
        }
    }

    /** A controller with blocks of 512 bytes, and a namespace with blocks of 4,096. */
    private static final class Rig implements AutoCloseable {
        final Controller controller = Controller.attach("trtype:EMBEDDED size:1M");
        final Controller other = Controller.attach("trtype:EMBEDDED size:1M block:4096");
        final Namespace foreign = other.namespace(1);
        final DmaBuffer buffer = controller.allocate(BLOCK);
        final ScatterGatherList list =
                controller.scatterGatherList(CopyPolicy.REFUSE).add(buffer, 0, BLOCK);

        void transfer(QueuePair queue) {
            queue.transfer(transfer(NvmOpcode.READ), 0);
        }

        void compareAndWrite(QueuePair queue) {
            queue.compareAndWrite(transfer(NvmOpcode.COMPARE), transfer(NvmOpcode.WRITE), 0);
        }

        Transfer transfer(NvmOpcode opcode) {
            return new Transfer(opcode, foreign, 0, list);
        }

        void assertRefused(List<Executable> calls) {
            for (Executable call : calls) {
                String message =
                        String.valueOf(
                                assertThrows(IllegalArgumentException.class, call).getMessage());
                assertTrue(message.contains("another controller"), message);
            }
        }

        @Override
        public void close() {
            buffer.close();
            controller.close();
            other.close();
        }
    }
}
