// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.verify;

import io.nvme4j.cli.job.Verification;
import io.nvme4j.error.NvmeException;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;

/**
 * What was written: for each unit, a run of logical blocks that is always written as one, how often
 * a write was issued, and how often one was acknowledged. In memory, or in a file that is mapped,
 * so that noting a write is a store to memory and yet outlives the process, however it ends. It
 * doesn't outlive the operating system's crash.
 *
 * <pre>
 *    0  magic          "N4JLEDGR"
 *    8  run            a random number, in the marks of all its blocks
 *   16  block size     bytes
 *   24  unit           logical blocks
 *   32  first          LBA of the first unit
 *   40  units
 *   48  digest         ordinal of its kind
 * 4096  units: issued, acknowledged, 8 bytes each
 * </pre>
 */
public final class Ledger {
    private static final long MAGIC = 0x524744454C4A344EL;
    private static final long HEADER_BYTES = 4096;
    private static final long UNIT_BYTES = 16;
    private static final long ACKNOWLEDGED = 8;

    private static final int KINDS = Verification.Kind.values().length;

    private static final int FIELD_RUN = 1;
    private static final int FIELD_BLOCK_SIZE = 2;
    private static final int FIELD_UNIT = 3;
    private static final int FIELD_FIRST = 4;
    private static final int FIELD_UNITS = 5;
    private static final int FIELD_DIGEST = 6;

    private final MemorySegment memory;
    private final Shape shape;

    /**
     * What a ledger is about.
     *
     * @param blockSize bytes of a logical block
     * @param unitBlocks logical blocks of a unit
     * @param first LBA of the first unit
     * @param units how many
     * @param digest index of the kind of digest
     */
    public record Shape(int blockSize, int unitBlocks, long first, long units, int digest) {
        @Override
        public String toString() {
            return "%d I/Os of %d bytes from LBA %d on, with %s"
                    .formatted(
                            units,
                            (long) unitBlocks * blockSize,
                            first,
                            List.of(Verification.Kind.values()).get(digest));
        }
    }

    private Ledger(MemorySegment memory, Shape shape) {
        this.memory = memory;
        this.shape = shape;
    }

    /** One that is gone when the arena is closed. */
    public static Ledger inMemory(Shape shape, Arena arena) {
        MemorySegment memory = arena.allocate(bytes(shape), Long.BYTES);
        return write(memory, shape);
    }

    /** One that knows nothing, and takes no note. */
    public static Ledger empty(Shape shape) {
        return new Ledger(MemorySegment.ofArray(new long[(int) HEADER_BYTES / Long.BYTES]), shape);
    }

    private boolean isEmpty() {
        return memory.byteSize() == HEADER_BYTES;
    }

    private static long bytes(Shape shape) {
        return HEADER_BYTES + shape.units() * UNIT_BYTES;
    }

    private static Ledger write(MemorySegment memory, Shape shape) {
        Ledger ledger = new Ledger(memory, shape);
        ledger.put(FIELD_RUN, new java.security.SecureRandom().nextLong() | 1);
        ledger.put(FIELD_BLOCK_SIZE, shape.blockSize());
        ledger.put(FIELD_UNIT, shape.unitBlocks());
        ledger.put(FIELD_FIRST, shape.first());
        ledger.put(FIELD_UNITS, shape.units());
        ledger.put(FIELD_DIGEST, shape.digest());
        ledger.put(0, MAGIC); // last: a ledger that has it is complete
        return ledger;
    }

    /**
     * Opens a file, or makes it.
     *
     * @throws NvmeException if it can't be, or is about other blocks
     */
    public static Ledger open(Path file, Shape shape, Arena arena) {
        try {
            if (!Files.exists(file)) {
                return write(map(file, bytes(shape), arena), shape);
            }
        } catch (IOException e) {
            throw failed(file, e);
        }
        Ledger found = open(file, arena);
        if (!found.shape.equals(shape)) {
            throw new NvmeException(
                    "%s is the ledger of other blocks: %s, not %s; use another file or remove it"
                            .formatted(file, found.shape, shape));
        }
        return found;
    }

    /**
     * Opens a file that is there.
     *
     * @throws NvmeException if it is no ledger
     */
    public static Ledger open(Path file, Arena arena) {
        try {
            if (!Files.exists(file)) {
                throw new NvmeException(file + ": there is no such ledger");
            }
            long size = Files.isRegularFile(file) ? Files.size(file) : 0;
            if (size >= HEADER_BYTES) {
                MemorySegment memory = map(file, size, arena);
                Shape shape = shape(memory);
                boolean known = shape.digest() >= 0 && shape.digest() < KINDS;
                if (field(memory, 0) == MAGIC && bytes(shape) == size && known) {
                    return new Ledger(memory, shape);
                }
            }
            throw new NvmeException(file + " is no ledger of nvme4j's");
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    private static MemorySegment map(Path file, long bytes, Arena arena) throws IOException {
        Set<StandardOpenOption> options =
                Set.of(
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.SPARSE);
        try (FileChannel channel = FileChannel.open(file, options)) {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes, arena);
        }
    }

    private static NvmeException failed(Path file, IOException e) {
        String reason =
                e instanceof NoSuchFileException
                        ? "there is no directory for it"
                        : String.valueOf(e.getMessage());
        return new NvmeException(file + ": the ledger can't be used: " + reason);
    }

    private static Shape shape(MemorySegment memory) {
        return new Shape(
                (int) field(memory, FIELD_BLOCK_SIZE),
                (int) field(memory, FIELD_UNIT),
                field(memory, FIELD_FIRST),
                field(memory, FIELD_UNITS),
                (int) field(memory, FIELD_DIGEST));
    }

    private static long field(MemorySegment memory, int number) {
        return memory.getAtIndex(ValueLayout.JAVA_LONG, number);
    }

    private void put(int number, long value) {
        memory.setAtIndex(ValueLayout.JAVA_LONG, number, value);
    }

    public Shape shape() {
        return shape;
    }

    /** Its number, which is in the marks of all blocks that were written under it. */
    long run() {
        return field(memory, FIELD_RUN);
    }

    /** Number of the unit that an LBA is in. */
    long unit(long lba) {
        return (lba - shape.first()) / shape.unitBlocks();
    }

    /** Generation of the last write that was issued, or 0. */
    long issued(long unit) {
        return isEmpty() ? 0 : memory.get(ValueLayout.JAVA_LONG, HEADER_BYTES + unit * UNIT_BYTES);
    }

    /** Generation of the last write that was acknowledged, or 0. */
    long acknowledged(long unit) {
        return isEmpty()
                ? 0
                : memory.get(
                        ValueLayout.JAVA_LONG, HEADER_BYTES + unit * UNIT_BYTES + ACKNOWLEDGED);
    }

    /** A write of the unit is about to be issued; its generation. */
    long issue(long unit) {
        long generation = issued(unit) + 1;
        memory.set(ValueLayout.JAVA_LONG, HEADER_BYTES + unit * UNIT_BYTES, generation);
        return generation;
    }

    /** The write that was issued last has been acknowledged. */
    void acknowledge(long unit) {
        memory.set(
                ValueLayout.JAVA_LONG,
                HEADER_BYTES + unit * UNIT_BYTES + ACKNOWLEDGED,
                issued(unit));
    }
}
