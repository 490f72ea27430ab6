// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.Controller;
import io.nvme4j.Namespace;
import io.nvme4j.Protection;
import io.nvme4j.ProtectionInformation;
import io.nvme4j.QueuePair;
import io.nvme4j.Transfer;
import io.nvme4j.error.CommandException;
import io.nvme4j.internal.queue.SubmissionRecord;
import io.nvme4j.memory.CopyPolicy;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.ScatterGatherList;
import io.nvme4j.spec.NvmOpcode;
import io.nvme4j.spec.Status;
import io.nvme4j.spec.StatusCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/** A transfer means the same to a queue pair and an engine, with all that it says. */
class TransferTest {
    private static final int BLOCKS = 700; // more than one command
    private static final int TAG = 0x1234;

    /** A controller with both ways to it. */
    private static final class Rig implements AutoCloseable {
        final Controller controller;
        final Namespace namespace;
        final QueuePair queue;
        final Engine engine;
        final DmaBuffer data;
        final DmaBuffer metadata;
        final ScatterGatherList list;

        Rig(String keys) {
            controller = Controller.attach("trtype:EMBEDDED size:8M " + keys);
            namespace = controller.namespace(1);
            queue = controller.queuePair(64);
            engine = Engine.start(controller, 64);
            data = controller.allocate((long) BLOCKS * namespace.layout().bytesInBuffer());
            metadata = controller.allocate(Math.max(1, BLOCKS * namespace.metadataSize()));
            list = controller.scatterGatherList(CopyPolicy.REFUSE).add(data, 0, data.length());
        }

        Transfer transfer(NvmOpcode opcode, long lba) {
            return new Transfer(opcode, namespace, lba, list).metadata(metadata, 0);
        }

        /** Returns the status with which the queue pair's transfer ended. */
        int byQueuePair(Transfer transfer) {
            int[] found = {-1};
            queue.transfer(transfer, 1);
            while (queue.inFlight() > 0) {
                queue.process((tag, status, result) -> found[0] = status);
            }
            return found[0];
        }

        byte[][] contents() {
            return new byte[][] {
                data.segment().toArray(ValueLayout.JAVA_BYTE),
                metadata.segment().toArray(ValueLayout.JAVA_BYTE)
            };
        }

        void fillWithRandom() {
            Random random = new Random(1);
            fill(data, random);
            if (namespace.layout().bytesInMetadataBuffer() > 0) {
                fill(metadata, random);
            }
        }

        private static void fill(DmaBuffer buffer, Random random) {
            byte[] bytes = new byte[(int) buffer.length()];
            random.nextBytes(bytes);
            buffer.segment().copyFrom(MemorySegment.ofArray(bytes));
        }

        @Override
        public void close() {
            queue.close();
            engine.close();
            data.close();
            metadata.close();
            controller.close();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "metadata:8 metadata_mode:separate pi:1",
                "metadata:16 metadata_mode:extended pi:2",
                "metadata:64 metadata_mode:separate pi:3 mode:threaded",
                "mode:threaded iova:scrambled"
            })
    void whatOneWritesTheOtherReadsAndCompares(String keys) {
        try (Rig rig = new Rig(keys)) {
            rig.fillWithRandom();
            Protection protection = protection(rig);
            Transfer write = rig.transfer(NvmOpcode.WRITE, 3).protection(protection);
            rig.engine.blocking().transfer(write);
            byte[][] written = rig.contents();
            rig.data.segment().fill((byte) 0);
            rig.metadata.segment().fill((byte) 0);
            assertEquals(
                    0, rig.byQueuePair(rig.transfer(NvmOpcode.READ, 3).protection(protection)));
            assertArrayEquals(written, rig.contents());
            Transfer compare = rig.transfer(NvmOpcode.COMPARE, 3).protection(protection);
            rig.engine.blocking().transfer(compare);
            assertEquals(0, rig.byQueuePair(compare));
        }
    }

    private static Protection protection(Rig rig) {
        if (!rig.namespace.protection().isPresent()) {
            return Protection.NONE;
        }
        MemorySegment apart =
                rig.namespace.layout().bytesInMetadataBuffer() == 0 ? null : rig.metadata.segment();
        new ProtectionInformation(rig.namespace).fill(rig.data.segment(), apart, BLOCKS, 3, TAG);
        return new Protection(false, rig.namespace.protection().checkable(), 3, TAG, 0xFFFF);
    }

    @Test
    void aWrongApplicationTagIsFoundByBoth() {
        try (Rig rig = new Rig("metadata:8 metadata_mode:separate pi:1")) {
            rig.engine
                    .blocking()
                    .transfer(rig.transfer(NvmOpcode.WRITE, 3).protection(protection(rig)));
            Transfer read =
                    rig.transfer(NvmOpcode.READ, 3)
                            .protection(Protection.checked(false, 3, TAG + 1, 0xFFFF));
            Status status = Status.of(rig.byQueuePair(read) & 0xFFFF);
            assertTrue(
                    status.is(StatusCode.END_TO_END_APPLICATION_TAG_CHECK_ERROR), status::toString);
            CommandException e =
                    assertThrows(
                            CommandException.class, () -> rig.engine.blocking().transfer(read));
            assertEquals(status, e.status());
        }
    }

    private static int dword(Rig rig, int number) {
        long record = rig.engine.lane(0).commands().ownRecords().begin();
        return MemorySegment.ofAddress(record)
                .reinterpret(SubmissionRecord.BYTES)
                .get(ValueLayout.JAVA_INT, number * 4L);
    }

    @Test
    void whatItSaysIsInTheCommand() {
        try (Rig rig = new Rig("")) {
            rig.list.clear().add(rig.data, 0, 1024);
            Transfer read = rig.transfer(NvmOpcode.READ, 0x1_0000_0002L);
            read.forceUnitAccess(true).limitedRetry(true).startingLba(2);
            rig.engine.blocking().transfer(read);
            assertEquals(NvmOpcode.READ.value(), dword(rig, 0) & 0xFF);
            assertEquals(2, dword(rig, 10));
            assertEquals(1 << 31 | 1 << 30 | 1, dword(rig, 12));
            rig.engine.blocking().transfer(read.forceUnitAccess(false).limitedRetry(false));
            assertEquals(1, dword(rig, 12));
            Transfer stream = rig.transfer(NvmOpcode.WRITE, 0).directive(1, 0xABCD);
            CommandException refused =
                    assertThrows(
                            CommandException.class, () -> rig.engine.blocking().transfer(stream));
            assertTrue(
                    refused.status().is(StatusCode.INVALID_FIELD_IN_COMMAND),
                    "no directives there");
            assertEquals(1 << 20 | 1, dword(rig, 12));
            assertEquals(0xABCD << 16, dword(rig, 13));
            rig.engine.blocking().transfer(stream.directive(0, 0));
            assertEquals(1, dword(rig, 12));
            assertEquals(0, dword(rig, 13));
        }
    }

    @Test
    void itMayBeChangedOnceItIsPublished() {
        try (Rig rig = new Rig("mode:threaded latency:1ms")) {
            rig.data.segment().fill((byte) 7);
            Transfer write = rig.transfer(NvmOpcode.WRITE, 3);
            CompletableFuture<Integer> written =
                    rig.engine.futures().transfer(write).toCompletableFuture();
            write.startingLba(5000).opcode(NvmOpcode.READ);
            written.join();
            rig.data.segment().fill((byte) 0);
            assertEquals(0, rig.byQueuePair(rig.transfer(NvmOpcode.READ, 3)));
            assertEquals(7, rig.data.segment().get(ValueLayout.JAVA_BYTE, 0));
        }
    }

    @Test
    void closedMetadataAreRefused() {
        try (Rig rig = new Rig("metadata:8 metadata_mode:separate pi:1")) {
            rig.metadata.close();
            Transfer read = rig.transfer(NvmOpcode.READ, 3);
            assertThrows(IllegalStateException.class, () -> rig.queue.transfer(read, 0));
            assertThrows(IllegalStateException.class, () -> rig.engine.blocking().transfer(read));
            rig.list.clear(); // no longer in use
        }
    }
}
