// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.ProtectionInformation.Mismatch;
import io.nvme4j.ProtectionInformation.Part;
import io.nvme4j.error.CommandException;
import io.nvme4j.memory.CopyPolicy;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.ScatterGatherList;
import io.nvme4j.spec.NvmOpcode;
import io.nvme4j.spec.StatusCode;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Metadata, apart and with the data, and protection information, made here and checked there. */
class ProtectionTest {
    private static final int BLOCKS = 700;
    private static final int APPLICATION_TAG = 0x1234;

    static List<String> formats() {
        List<String> formats = new ArrayList<>();
        for (String place : new String[] {"separate", "extended"}) {
            for (String rest :
                    new String[] {
                        "metadata:8 pi:1",
                        "metadata:8 pi:2 block:4096 iova:scrambled",
                        "metadata:16 pi:1 pi_first:1 iova:scrambled sgl:none",
                        "metadata:64 pi:3 mode:threaded",
                        "metadata:16 pi:2"
                    }) {
                formats.add("trtype:EMBEDDED size:8M mdts:5 metadata_mode:" + place + " " + rest);
            }
        }
        return formats;
    }

    /** A controller with memory for {@link #BLOCKS} blocks. */
    private static final class Rig implements AutoCloseable {
        final Controller controller;
        final Namespace namespace;
        final QueuePair queue;
        final DmaBuffer data;
        final DmaBuffer metadata;
        final ScatterGatherList list;
        final ProtectionInformation information;

        Rig(String id) {
            controller = Controller.attach(id);
            namespace = controller.namespace(1);
            queue = controller.queuePair(64);
            data = controller.allocate((long) BLOCKS * namespace.layout().bytesInBuffer());
            metadata = controller.allocate((long) BLOCKS * namespace.metadataSize());
            list = controller.scatterGatherList(CopyPolicy.REFUSE);
            information = new ProtectionInformation(namespace);
        }

        MemorySegment apart() {
            return metadata.segment();
        }

        void randomize(long seed) {
            Random random = new Random(seed);
            for (DmaBuffer buffer : new DmaBuffer[] {data, metadata}) {
                byte[] bytes = new byte[(int) buffer.length()];
                random.nextBytes(bytes);
                buffer.segment().copyFrom(MemorySegment.ofArray(bytes));
            }
        }

        int run(NvmOpcode opcode, long lba, Protection protection) {
            return run(opcode, lba, protection, data.length());
        }

        int run(NvmOpcode opcode, long lba, Protection protection, long bytes) {
            list.clear().add(data, 0, bytes);
            queue.transfer(
                    new Transfer(opcode, namespace, lba, list)
                            .metadata(metadata, 0)
                            .protection(protection),
                    9);
            int[] found = {-1};
            while (queue.inFlight() > 0) {
                queue.process((tag, status, result) -> found[0] = status);
            }
            return found[0];
        }

        Protection checked(long lba) {
            return new Protection(
                    false, namespace.protection().checkable(), lba, APPLICATION_TAG, 0xFFFF);
        }

        @Override
        public void close() {
            queue.close();
            data.close();
            metadata.close();
            controller.close();
        }
    }

    private static void assertStatus(StatusCode expected, int status) {
        assertTrue(
                CommandException.of(status) instanceof CommandException e
                        && e.status().is(expected),
                () -> CommandException.of(status).getMessage());
    }

    @ParameterizedTest
    @MethodSource("formats")
    void whatIsMadeHereIsRightThere(String id) {
        try (Rig rig = new Rig(id)) {
            rig.randomize(1);
            rig.information.fill(rig.data.segment(), rig.apart(), BLOCKS, 100, APPLICATION_TAG);
            byte[] data = rig.data.segment().toArray(ValueLayout.JAVA_BYTE);
            byte[] metadata = rig.apart().toArray(ValueLayout.JAVA_BYTE);
            assertEquals(0, rig.run(NvmOpcode.WRITE, 100, rig.checked(100)));
            assertEquals(0, rig.run(NvmOpcode.COMPARE, 100, rig.checked(100)));
            rig.randomize(2);
            assertEquals(0, rig.run(NvmOpcode.READ, 100, rig.checked(100)));
            assertEquals(-1, rig.data.segment().mismatch(MemorySegment.ofArray(data)));
            if (!rig.namespace.layout().extended()) {
                assertEquals(-1, rig.apart().mismatch(MemorySegment.ofArray(metadata)));
            }
            assertNull(check(rig, 100));
        }
    }

    private static @Nullable Mismatch check(Rig rig, long referenceTag) {
        return rig.information.check(
                rig.data.segment(), rig.apart(), BLOCKS, referenceTag, APPLICATION_TAG, 0xFFFF);
    }

    @ParameterizedTest
    @MethodSource("formats")
    void aWrongBlockIsFoundHereAndThere(String id) {
        try (Rig rig = new Rig(id)) {
            rig.randomize(1);
            int block = 333;
            boolean tags = rig.namespace.protection().type() != 3;
            rig.information.fill(rig.data.segment(), rig.apart(), BLOCKS, 100, APPLICATION_TAG);
            long at = (long) block * rig.namespace.layout().bytesInBuffer() + 17;
            byte was = rig.data.segment().get(ValueLayout.JAVA_BYTE, at);
            rig.data.segment().set(ValueLayout.JAVA_BYTE, at, (byte) (was ^ 4));
            assertEquals(new Mismatch(block, Part.GUARD), check(rig, 100));
            assertStatus(
                    StatusCode.END_TO_END_GUARD_CHECK_ERROR,
                    rig.run(NvmOpcode.WRITE, 100, rig.checked(100)));
            rig.data.segment().set(ValueLayout.JAVA_BYTE, at, was);
            assertEquals(
                    new Mismatch(0, Part.APPLICATION_TAG),
                    rig.information.check(
                            rig.data.segment(), rig.apart(), BLOCKS, 100, 0x1235, 0xFFFF));
            assertNull(
                    rig.information.check(
                            rig.data.segment(), rig.apart(), BLOCKS, 100, 0x1235, 0xFFFE));
            assertStatus(
                    StatusCode.END_TO_END_APPLICATION_TAG_CHECK_ERROR,
                    rig.run(
                            NvmOpcode.WRITE,
                            100,
                            new Protection(
                                    false,
                                    rig.namespace.protection().checkable(),
                                    100,
                                    0x1235,
                                    0xFFFF)));
            if (tags) {
                assertEquals(new Mismatch(0, Part.REFERENCE_TAG), check(rig, 101));
                Protection other = Protection.checked(false, 101, APPLICATION_TAG, 0xFFFF);
                assertStatus(
                        rig.namespace.protection().type() == 1
                                ? StatusCode.INVALID_PROTECTION_INFORMATION
                                : StatusCode.END_TO_END_REFERENCE_TAG_CHECK_ERROR,
                        rig.run(NvmOpcode.WRITE, 100, other));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    void theControllerMakesAndRemovesIt(String id) {
        try (Rig rig = new Rig(id)) {
            rig.randomize(1);
            Set<Part> checked = rig.namespace.protection().checkable();
            Protection action = new Protection(true, checked, 50, APPLICATION_TAG, 0xFFFF);
            // Metadata that are nothing else are not moved.
            boolean bare = rig.namespace.metadataSize() == ProtectionInformation.BYTES;
            long bytes = bare ? (long) BLOCKS * rig.namespace.blockSize() : rig.data.length();
            byte[] written = rig.data.segment().toArray(ValueLayout.JAVA_BYTE);
            assertEquals(0, rig.run(NvmOpcode.WRITE, 50, action, bytes));
            assertEquals(0, rig.run(NvmOpcode.READ, 50, rig.checked(50)));
            assertNull(check(rig, 50));
            rig.randomize(3);
            assertEquals(0, rig.run(NvmOpcode.READ, 50, action, bytes));
            if (bare) {
                MemorySegment sent = MemorySegment.ofArray(written).asSlice(0, bytes);
                assertEquals(-1, rig.data.segment().asSlice(0, bytes).mismatch(sent));
            }
        }
    }

    @Test
    void tagsThatSwitchChecksOff() {
        try (Rig rig = new Rig("trtype:EMBEDDED size:8M metadata:8 metadata_mode:extended pi:1")) {
            rig.information.fill(rig.data.segment(), null, BLOCKS, 0, 0xFFFF);
            rig.data.segment().set(ValueLayout.JAVA_BYTE, 3, (byte) 1);
            assertNull(check(rig, 77));
            assertEquals(0, rig.run(NvmOpcode.WRITE, 0, rig.checked(0)));
        }
    }

    @Test
    void whatDoesNotFitIsRefused() {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:8M")) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new ProtectionInformation(controller.namespace(1)));
        }
        try (Rig rig = new Rig("trtype:EMBEDDED size:8M metadata:8 metadata_mode:separate pi:1")) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> rig.information.fill(rig.data.segment(), null, 1, 0, 0));
            rig.list.clear().add(rig.data, 0, 512);
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () ->
                            rig.queue.transfer(
                                    new Transfer(NvmOpcode.READ, rig.namespace, 0, rig.list)
                                            .metadata(rig.metadata, rig.metadata.length()),
                                    0));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new Transfer(NvmOpcode.FLUSH, rig.namespace, 0, rig.list));
        }
    }
}
