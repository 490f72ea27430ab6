// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.Controller;
import io.nvme4j.Namespace;
import io.nvme4j.Transports;
import io.nvme4j.Transports.Transport;
import io.nvme4j.error.CommandTimeoutException;
import io.nvme4j.memory.DmaBuffer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** A namespace, or a slice of one, is an array of bytes to whoever reads and writes it so. */
class ByteIoTest {
    private static final int FIRST = 300;
    private static final int BYTES = 256 << 10;

    static List<Transport> transports() {
        return Transports.all();
    }

    private static byte[] random(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Memory of every kind with the same content, and a way to look at it. */
    private static final class Memory implements AutoCloseable {
        final Arena arena = Arena.ofShared();
        final DmaBuffer dma;

        Memory(Controller controller) {
            dma = controller.allocate(2L * BYTES);
        }

        MemorySegment segment(Random random, int length) {
            int at = random.nextInt(100);
            return switch (random.nextInt(4)) {
                case 0 -> MemorySegment.ofArray(new byte[length + at]).asSlice(at, length);
                case 1 -> arena.allocate(length + at, 1).asSlice(at, length);
                case 2 -> dma.segment().asSlice(at, length);
                default -> dma.segment().asSlice(at * 4096L % BYTES, length);
            };
        }

        @Override
        public void close() {
            dma.close();
            arena.close();
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void anyReadsAndWritesAgreeWithAnArray(Transport transport) {
        try (Controller controller = transport.attach();
                Engine engine = Engine.start(controller, 8);
                Memory memory = new Memory(controller)) {
            Namespace whole = controller.namespace(transport.namespace());
            int block = whole.blockSize();
            Namespace slice = whole.slice(FIRST, BYTES / block);
            Random random = new Random(42);
            byte[] around = random(random, BYTES + 2 * block);
            engine.blocking().write(whole, FIRST - 1, MemorySegment.ofArray(around.clone()));
            byte[] model = Arrays.copyOfRange(around, block, block + BYTES);
            ByteIo io = engine.bytes(slice);
            assertEquals(BYTES, io.size());
            for (int i = 0; i < 400; i++) {
                step(io, model, memory, block, random);
            }
            MemorySegment found = MemorySegment.ofArray(new byte[around.length]);
            engine.blocking().read(whole, FIRST - 1, found);
            System.arraycopy(model, 0, around, block, BYTES);
            assertArrayEquals(around, found.toArray(ValueLayout.JAVA_BYTE));
        }
    }

    /** A read or a write, of a few bytes or many, on blocks' borders or off them. */
    private static void step(ByteIo io, byte[] model, Memory memory, int block, Random random) {
        int grain = random.nextInt(3) == 0 ? block : 1;
        int most = random.nextBoolean() ? 3 * block : BYTES;
        int length = Math.max(grain, random.nextInt(most) / grain * grain);
        int position = random.nextInt(BYTES - length + 1) / grain * grain;
        if (random.nextInt(5) < 2) {
            stepByBuffer(io, model, position, length, random);
            return;
        }
        MemorySegment segment = memory.segment(random, length);
        if (random.nextBoolean()) {
            byte[] data = random(random, length);
            segment.copyFrom(MemorySegment.ofArray(data));
            io.write(position, segment);
            System.arraycopy(data, 0, model, position, length);
        } else {
            io.read(position, segment);
            assertArrayEquals(
                    Arrays.copyOfRange(model, position, position + length),
                    segment.toArray(ValueLayout.JAVA_BYTE));
        }
    }

    private static void stepByBuffer(
            ByteIo io, byte[] model, int position, int length, Random random) {
        int before = random.nextInt(20);
        ByteBuffer buffer =
                random.nextBoolean()
                        ? ByteBuffer.allocate(length + 2 * before)
                        : ByteBuffer.allocateDirect(length + 2 * before);
        buffer.position(before).limit(before + length);
        if (random.nextBoolean()) {
            byte[] data = random(random, length);
            buffer.put(data).position(before);
            io.write(position, random.nextBoolean() ? buffer.asReadOnlyBuffer() : buffer);
            System.arraycopy(data, 0, model, position, length);
        } else {
            io.read(position, buffer);
            assertEquals(0, buffer.remaining());
            byte[] found = new byte[length];
            buffer.get(before, found);
            assertArrayEquals(Arrays.copyOfRange(model, position, position + length), found);
            byte[] behind = new byte[before];
            buffer.clear().get(before + length, behind);
            assertArrayEquals(new byte[before], behind, "nothing else is touched");
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void writersOfTheSameBlocksLoseNothingOfOneAnother(Transport transport) throws Exception {
        int writers = 6;
        try (Controller controller = transport.attach();
                Engine engine = Engine.start(controller, 4)) {
            Namespace whole = controller.namespace(transport.namespace());
            int block = whole.blockSize();
            ByteIo io = engine.bytes(whole.slice(FIRST, 8));
            io.write(0, MemorySegment.ofArray(new byte[8 * block]));
            byte[] model = new byte[8 * block];
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (int writer = 0; writer < writers; writer++) {
                int own = writer;
                all.add(
                        CompletableFuture.runAsync(
                                () -> writeOwn(io, model, own, writers),
                                task -> Thread.ofVirtual().start(task)));
            }
            for (CompletableFuture<Void> each : all) {
                each.get();
            }
            byte[] found = new byte[model.length];
            io.read(0, MemorySegment.ofArray(found));
            assertArrayEquals(model, found);
        }
    }

    /** Stretches of uneven length belong to the writers in turn; whole blocks are among them. */
    private static void writeOwn(ByteIo io, byte[] model, int own, int writers) {
        Random random = new Random(own);
        for (int round = 0; round < 12; round++) {
            Random lengths = new Random(99);
            for (int at = 0, turn = 0; at < model.length; turn++) {
                int length = Math.min(model.length - at, 1 + lengths.nextInt(model.length / 8));
                if (turn % writers == own) {
                    byte[] data = random(random, length);
                    io.write(at, MemorySegment.ofArray(data));
                    System.arraycopy(data, 0, model, at, length);
                }
                at += length;
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mode:inline", "mode:threaded slow:20% slow_latency:1ms"})
    void ofTwoWritesOfTheSameBytesOneIsWhole(String keys) throws Exception {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:4M mdts:1 " + keys);
                Engine engine = Engine.start(controller, 8)) {
            ByteIo io = engine.bytes(controller.namespace(1));
            int length = 100_000; // many commands
            for (int round = 0; round < 20; round++) {
                List<CompletableFuture<Void>> both = new ArrayList<>();
                for (byte mark = 1; mark <= 2; mark++) {
                    byte[] data = new byte[length];
                    Arrays.fill(data, mark);
                    both.add(
                            CompletableFuture.runAsync(
                                    () -> io.write(77, MemorySegment.ofArray(data))));
                }
                for (CompletableFuture<Void> each : both) {
                    each.get();
                }
                byte[] found = new byte[length];
                io.read(77, MemorySegment.ofArray(found));
                byte[] expected = new byte[length];
                Arrays.fill(expected, found[0]);
                assertArrayEquals(expected, found);
            }
        }
    }

    @Test
    void aBlockIsWrittenAgainOnlyWhenItsLateWriteHasEnded() throws Exception {
        try (Controller controller =
                        Controller.attach("trtype:EMBEDDED size:1M mode:threaded latency:1000s");
                Engine engine = Engine.builder(controller).depth(8).start()) {
            Namespace namespace = controller.namespace(1);
            ByteIo io = engine.bytes(namespace, IoOptions.DEFAULT.timeout(Duration.ofMillis(2)));
            MemorySegment block = MemorySegment.ofArray(new byte[512]);
            assertThrows(CommandTimeoutException.class, () -> io.write(0, block));
            // The Abort of the first may have ended it; then this one has a write of its own.
            assertThrows(CommandTimeoutException.class, () -> io.write(100, block));
            assertThrows(CommandTimeoutException.class, () -> io.read(0, block));
            engine.close(Duration.ZERO);
            assertThrows(IllegalStateException.class, () -> io.write(0, block));
            assertThrows(IllegalStateException.class, () -> io.write(1, block));
        }
    }

    @Test
    void aForceIsFreeWithoutAVolatileCache(@TempDir Path directory) throws Exception {
        assertEquals(0, flushes("traddr:memory"));
        assertEquals(3, flushes("traddr:" + directory.resolve("disk")));
    }

    /** Commands that three ways to force become. */
    private static long flushes(String keys) throws ExecutionException, InterruptedException {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M " + keys);
                Engine engine = Engine.start(controller, 8)) {
            Namespace namespace = controller.namespace(1);
            ByteIo io = engine.bytes(namespace.slice(1, 2));
            long before = engine.statistics().submitted();
            io.force();
            engine.blocking().force(namespace);
            engine.futures().force(namespace).get();
            return engine.statistics().submitted() - before;
        }
    }

    @Test
    void whatCantBeMovedIsRefused() {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M");
                Controller other = Controller.attach("trtype:EMBEDDED size:1M metadata:8");
                Engine engine = Engine.start(controller, 8);
                Engine withMetadata = Engine.start(other, 8)) {
            ByteIo io = engine.bytes(controller.namespace(1).slice(10, 4));
            ByteBuffer ten = ByteBuffer.allocate(10);
            for (long position : new long[] {-1, 2048 - 9, 2048, Long.MAX_VALUE, Long.MIN_VALUE}) {
                assertThrows(IndexOutOfBoundsException.class, () -> io.read(position, ten));
                assertThrows(IndexOutOfBoundsException.class, () -> io.write(position, ten));
            }
            assertThrows(IllegalArgumentException.class, () -> io.read(0, ten.asReadOnlyBuffer()));
            assertEquals(0, ten.position());
            io.read(2048, ByteBuffer.allocate(0));
            io.write(0, MemorySegment.NULL);
            assertThrows(IllegalArgumentException.class, () -> engine.bytes(other.namespace(1)));
            assertThrows(
                    IllegalArgumentException.class, () -> withMetadata.bytes(other.namespace(1)));
        }
    }

    @Test
    void aHandlerCantWait() throws Exception {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M");
                Engine engine = Engine.start(controller, 8)) {
            Namespace namespace = controller.namespace(1);
            ByteIo io = engine.bytes(namespace);
            CompletableFuture<Throwable> refused = new CompletableFuture<>();
            engine.callbacks(
                            (tag, status, result) ->
                                    refused.complete(
                                            assertThrows(
                                                    IllegalStateException.class,
                                                    () -> io.write(0, ByteBuffer.allocate(1)))))
                    .flush(namespace, 0);
            assertTrue(String.valueOf(refused.get().getMessage()).contains("reactor"));
        }
    }
}
