// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.Command;
import io.nvme4j.Controller;
import io.nvme4j.Namespace;
import io.nvme4j.QueuePair;
import io.nvme4j.QueuePairOptions;
import io.nvme4j.Transports;
import io.nvme4j.Transports.Transport;
import io.nvme4j.error.CommandException;
import io.nvme4j.map.DataPointerForm;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.spec.Status;
import io.nvme4j.spec.StatusCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** A raw command is sent as it is, by queue pairs and engines, and can't reach other memory. */
class CommandTest {
    private static final int BYTES = 1 << 16;

    static List<Transport> transports() {
        return Transports.all();
    }

    private static int run(QueuePair queue, Command command) {
        int[] found = {-1};
        queue.command(command, 1);
        while (queue.inFlight() > 0) {
            queue.process((tag, status, result) -> found[0] = status);
        }
        return found[0];
    }

    @ParameterizedTest
    @MethodSource("transports")
    void whatIsWrittenRawIsReadByAMethod(Transport transport) {
        try (Controller controller = transport.attach();
                DmaBuffer buffer = controller.allocate(BYTES);
                QueuePair queue = controller.queuePair(4);
                Engine engine = Engine.start(controller, 4)) {
            Namespace namespace = controller.namespace(transport.namespace());
            int size = namespace.blockSize();
            buffer.segment().asSlice(0, 2L * size).fill((byte) 7);
            Command write =
                    new Command(0x01)
                            .namespace(namespace)
                            .startingLba(5)
                            .cdw(12, 1)
                            .data(buffer, 0, 2L * size);
            assertEquals(0, run(queue, write));
            engine.blocking().read(namespace, 5, 2, buffer, 4L * size);
            assertEquals(-1, halves(buffer, size));
            buffer.segment().asSlice(4L * size, 2L * size).fill((byte) 0);
            Command read =
                    new Command(0x02)
                            .namespace(namespace)
                            .startingLba(5)
                            .cdw(12, 1)
                            .data(buffer, 4L * size, 2L * size);
            engine.blocking().command(read);
            assertEquals(-1, halves(buffer, size));
            assertEquals(0, run(queue, new Command(0x00).namespace(namespace)));
        }
    }

    private static boolean isZero(DmaBuffer buffer, int size) {
        MemorySegment zeroes = MemorySegment.ofArray(new byte[size]);
        return buffer.segment().asSlice(0, size).mismatch(zeroes) == -1;
    }

    @ParameterizedTest
    @MethodSource("transports")
    void zeroesAreWrittenAndRangesAreTakenByBoth(Transport transport) {
        try (Controller controller = transport.attach();
                DmaBuffer buffer = controller.allocate(BYTES);
                DmaBuffer ranges = controller.allocate(4096);
                QueuePair queue = controller.queuePair(4);
                Engine engine = Engine.start(controller, 4)) {
            Namespace namespace = controller.namespace(transport.namespace());
            BlockingIo io = engine.blocking();
            buffer.segment().fill((byte) 7);
            int blocks = 4;
            io.write(namespace, 8, blocks, buffer, 0);
            assertEquals(0, run(queue, Command.writeZeroes(namespace, 8, 1)));
            io.command(Command.writeZeroes(namespace, 11, 1));
            for (int i = 0; i < blocks; i++) {
                io.read(namespace, 8 + i, 1, buffer, 0);
                assertEquals(i == 0 || i == 3, isZero(buffer, namespace.blockSize()));
            }
            Command.putRange(ranges.segment(), 0, 9, 1);
            Command.putRange(ranges.segment(), 16, 10, 1);
            Command deallocate = Command.deallocate(namespace, ranges, 0, 2);
            assertEquals(0, run(queue, deallocate));
            io.command(deallocate);
        }
    }

    /** What the controller has no command for, it says; it is asked. */
    @Test
    void verifyAndWriteUncorrectableAreAsked() {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M");
                Engine engine = Engine.start(controller, 4)) {
            Namespace namespace = controller.namespace(1);
            for (Command command :
                    List.of(
                            Command.verify(namespace, 3, 2),
                            Command.writeUncorrectable(namespace, 3, 2))) {
                assertEquals(3, command.dwords(10));
                assertEquals(1, command.dwords(12));
                CommandException e =
                        assertThrows(
                                CommandException.class, () -> engine.blocking().command(command));
                assertTrue(e.status().is(StatusCode.INVALID_COMMAND_OPCODE), e.getMessage());
            }
        }
    }

    private static long halves(DmaBuffer buffer, int size) {
        MemorySegment all = buffer.segment();
        return all.asSlice(0, 2L * size).mismatch(all.asSlice(4L * size, 2L * size));
    }

    @Test
    void everyDwordIsInTheCommand() {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M");
                Engine engine = Engine.start(controller, 4)) {
            Command command = new Command(0xC0).namespace(controller.namespace(1));
            int[] numbers = {2, 3, 10, 11, 12, 13, 14, 15};
            for (int number : numbers) {
                command.cdw(number, -number * 0x0101_0101);
            }
            long record = engine.ring(0).request(0).record;
            CommandException e =
                    assertThrows(CommandException.class, () -> engine.blocking().command(command));
            assertTrue(e.status().is(StatusCode.INVALID_COMMAND_OPCODE), e.getMessage());
            MemorySegment sent = MemorySegment.ofAddress(record).reinterpret(64);
            assertEquals(0xC0, sent.get(ValueLayout.JAVA_INT, 0) & 0xFF);
            assertEquals(1, sent.get(ValueLayout.JAVA_INT, 4));
            for (int number : numbers) {
                assertEquals(-number * 0x0101_0101, sent.get(ValueLayout.JAVA_INT, number * 4L));
            }
        }
    }

    /** By each command's section of the specification, the bytes that its fields say. */
    @ParameterizedTest
    @CsvSource({
        "01h, 12, 7, 4096",
        "02h, 12, 0, 512",
        "02h, 12, 0x80000003, 2048",
        "05h, 12, 0, 512",
        "09h, 10, 0, 16",
        "09h, 10, 3, 64",
        "19h, 12, 1, 64",
        "0Dh, 10, 0, 16",
        "11h, 10, 0, 16",
        "15h, 10, 0, 8",
        "0Eh, 10, 15, 64",
        "12h, 11, 7, 32",
        "1Dh, 10, 0x00030001, 8"
    })
    void dataAreAsLongAsTheFieldsSay(String opcode, int number, String value, long bytes) {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M");
                DmaBuffer buffer = controller.allocate(BYTES);
                QueuePair queue = controller.queuePair(4);
                Engine engine = Engine.start(controller, 4)) {
            Command command =
                    new Command(Integer.parseInt(opcode.replace("h", ""), 16))
                            .namespace(controller.namespace(1))
                            .cdw(number, Long.decode(value).intValue());
            for (long other : new long[] {bytes - 4, bytes + 4, 2 * bytes}) {
                command.data(buffer, 0, other);
                assertThrows(IllegalArgumentException.class, () -> queue.command(command, 0));
                assertThrows(
                        IllegalArgumentException.class, () -> engine.blocking().command(command));
            }
            command.withoutData();
            assertThrows(IllegalArgumentException.class, () -> queue.command(command, 0));
            run(queue, command.data(buffer, 0, bytes)); // whatever the controller makes of it
        }
    }

    @Test
    void dataOfUnknownLengthGoBySglsAlone() {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M sgl:byte");
                DmaBuffer buffer = controller.allocate(BYTES);
                QueuePair any = controller.queuePair(4);
                QueuePair sgls =
                        controller.queuePair(QueuePairOptions.depth(4).form(DataPointerForm.SGL))) {
            Command vendor =
                    new Command(0xC2).namespace(controller.namespace(1)).data(buffer, 0, 512);
            assertThrows(IllegalArgumentException.class, () -> any.command(vendor, 0));
            Status status = Status.of(run(sgls, vendor) & 0xFFFF);
            assertTrue(status.is(StatusCode.INVALID_COMMAND_OPCODE), status::toString);
            vendor.withoutData();
            assertThrows(IllegalArgumentException.class, () -> sgls.command(vendor, 0));
            Command none =
                    new Command(0xC0).namespace(controller.namespace(1)).data(buffer, 0, 512);
            assertThrows(IllegalArgumentException.class, () -> sgls.command(none, 0));
        }
    }

    /** A command without a metadata pointer would have a device write to address 0. */
    @Test
    void metadataApartAreNeverLeftOut() {
        try (Controller controller =
                        Controller.attach("trtype:EMBEDDED size:1M metadata:8 sgl:none");
                DmaBuffer buffer = controller.allocate(BYTES);
                QueuePair queue = controller.queuePair(4);
                Engine engine = Engine.start(controller, 4)) {
            Namespace namespace = controller.namespace(1);
            Command read =
                    new Command(0x02).namespace(namespace).data(buffer, 0, namespace.blockSize());
            assertThrows(IllegalArgumentException.class, () -> queue.command(read, 0));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> queue.read(namespace, 0, 1, buffer, 0, 0));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> queue.write(namespace, 0, buffer.segment(), 0));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> engine.blocking().read(namespace, 0, 1, buffer, 0));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> engine.blocking().write(namespace, 0, buffer.segment()));
        }
    }

    /** What another thread changes after the check doesn't count. */
    @Test
    @Timeout(60)
    void aCommandThatChangesMeanwhileReachesNoOtherMemory() throws Exception {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M sgl:none");
                DmaBuffer small = controller.allocate(512);
                DmaBuffer large = controller.allocate(BYTES);
                QueuePair queue = controller.queuePair(4)) {
            Command read = new Command(0x02).namespace(controller.namespace(1));
            read.data(small, 0, 512);
            AtomicBoolean over = new AtomicBoolean();
            Thread changing =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        while (!over.get()) {
                                            read.cdw(12, 7).data(large, 0, 4096);
                                            read.cdw(12, 0).data(small, 0, 512);
                                        }
                                    });
            MemorySegment page = small.segment().reinterpret(4096); // which nobody else has
            page.fill((byte) 7);
            for (int done = 0; done < 2_000; ) {
                try {
                    run(queue, read);
                    done++;
                } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
                    Thread.onSpinWait(); // being changed
                }
            }
            over.set(true);
            changing.join();
            for (long at = 512; at < 4096; at++) {
                assertEquals(7, page.get(ValueLayout.JAVA_BYTE, at));
            }
        }
    }
}
