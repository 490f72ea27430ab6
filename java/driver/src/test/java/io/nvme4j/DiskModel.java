// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nvme4j.error.CommandException;
import io.nvme4j.memory.DmaBuffer;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;

/**
 * A model of a part of a disk, and a thread that does random commands on both and compares.
 *
 * <p>Commands that are in flight at once never touch the same blocks where one of them writes, for
 * then any outcome would be right.
 */
final class DiskModel {
    private static final int SLOT_BYTES = 128 << 10;
    private static final int MARGIN = 4096;

    private final QueuePair queue;
    private final Namespace namespace;
    private final long firstLba;
    private final int blocks;
    private final byte[] model;
    private final DmaBuffer buffer;
    private final int alignment;
    private final int maximumBlocks;
    private final Random random;
    private final @Nullable Command[] inFlight;
    private int completed;

    private enum Kind {
        READ,
        WRITE,
        WRITE_ZEROES,
        DEALLOCATE,
        COMPARE,
        FLUSH;

        boolean changes() {
            return this == WRITE || this == WRITE_ZEROES || this == DEALLOCATE;
        }
    }

    private record Command(Kind kind, int block, int count, long offset) {
        boolean conflicts(Command other) {
            boolean apart = block + count <= other.block || other.block + other.count <= block;
            return !apart && (kind.changes() || other.kind.changes());
        }
    }

    /**
     * @param alignment of offsets into the buffer, in bytes
     * @param firstLba where the part begins, which must read as zeroes at first
     */
    DiskModel(
            Controller controller,
            QueuePair queue,
            Namespace namespace,
            long firstLba,
            int blocks,
            int alignment,
            long seed) {
        this.queue = queue;
        this.namespace = namespace;
        this.firstLba = firstLba;
        this.blocks = blocks;
        this.model = new byte[blocks * namespace.blockSize()];
        this.alignment = alignment;
        this.random = new Random(seed);
        int most = queue.depth() + queue.standby();
        this.inFlight = new Command[most];
        this.buffer = controller.allocate((long) most * (SLOT_BYTES + MARGIN));
        long bytes = Math.min(SLOT_BYTES, controller.limits().transferSize());
        this.maximumBlocks = (int) (bytes / namespace.blockSize());
    }

    /** Does so many commands, waits for them all, and reads the whole part once more. */
    void run(int commands) {
        for (int issued = 0; issued < commands; ) {
            int burst = 1 + random.nextInt(inFlight.length);
            for (int i = 0; i < burst && issued < commands && queue.available() > 0; i++) {
                issued += issue(randomKind()) ? 1 : 0;
            }
            queue.process(this::completed);
        }
        drain();
        assertEquals(commands, completed);
        for (int block = 0; block < blocks; block += maximumBlocks) {
            submit(new Command(Kind.READ, block, Math.min(maximumBlocks, blocks - block), 0));
            drain();
        }
    }

    void close() {
        buffer.close();
    }

    private void drain() {
        while (queue.inFlight() > 0) {
            queue.process(this::completed);
        }
    }

    private Kind randomKind() {
        int dice = random.nextInt(100);
        if (dice < 40) {
            return Kind.READ;
        }
        if (dice < 80) {
            return Kind.WRITE;
        }
        return dice < 86
                ? Kind.WRITE_ZEROES
                : dice < 90 ? Kind.DEALLOCATE : dice < 96 ? Kind.COMPARE : Kind.FLUSH;
    }

    private boolean issue(Kind kind) {
        int count = 1 + random.nextInt(random.nextBoolean() ? 8 : maximumBlocks);
        count = Math.min(count, Math.min(maximumBlocks, blocks));
        int block = random.nextInt(blocks - count + 1);
        long offset = random.nextInt(MARGIN / alignment) * (long) alignment;
        Command command =
                kind == Kind.FLUSH
                        ? new Command(kind, 0, 0, 0)
                        : new Command(kind, block, count, offset);
        if (Arrays.stream(inFlight).anyMatch(c -> c != null && c.conflicts(command))) {
            return false;
        }
        submit(command);
        return true;
    }

    private void submit(Command command) {
        int slot = 0;
        while (inFlight[slot] != null) {
            slot++;
        }
        inFlight[slot] = command;
        long lba = firstLba + command.block;
        long offset = offset(slot, command);
        switch (command.kind) {
            case READ -> queue.read(namespace, lba, command.count, buffer, offset, slot);
            case WRITE -> {
                byte[] data = new byte[command.count * namespace.blockSize()];
                random.nextBytes(data);
                System.arraycopy(data, 0, model, position(command), data.length);
                MemorySegment.copy(
                        MemorySegment.ofArray(data), 0, buffer.segment(), offset, data.length);
                queue.write(namespace, lba, command.count, buffer, offset, slot);
            }
            case WRITE_ZEROES -> {
                Arrays.fill(model, position(command), end(command), (byte) 0);
                queue.writeZeroes(namespace, lba, command.count, slot);
            }
            case DEALLOCATE -> {
                Arrays.fill(model, position(command), end(command), (byte) 0);
                queue.deallocate(namespace, lba, command.count, slot);
            }
            case COMPARE -> {
                MemorySegment.copy(
                        MemorySegment.ofArray(model),
                        position(command),
                        buffer.segment(),
                        offset,
                        end(command) - position(command));
                queue.compare(namespace, lba, command.count, buffer, offset, slot);
            }
            case FLUSH -> queue.flush(namespace, slot);
        }
    }

    private void completed(long tag, int status, int result) {
        Command command = inFlight[(int) tag];
        Objects.requireNonNull(command, "each command completes once");
        inFlight[(int) tag] = null;
        completed++;
        if (status != 0) {
            throw CommandException.of(status);
        }
        if (command.kind == Kind.READ) {
            long offset = offset((int) tag, command);
            int length = end(command) - position(command);
            long mismatch =
                    MemorySegment.mismatch(
                            buffer.segment(),
                            offset,
                            offset + length,
                            MemorySegment.ofArray(model),
                            position(command),
                            end(command));
            assertEquals(-1, mismatch, () -> command + " differs");
        }
    }

    private long offset(int slot, Command command) {
        return (long) slot * (SLOT_BYTES + MARGIN) + command.offset;
    }

    private int position(Command command) {
        return command.block * namespace.blockSize();
    }

    private int end(Command command) {
        return (command.block + command.count) * namespace.blockSize();
    }
}
