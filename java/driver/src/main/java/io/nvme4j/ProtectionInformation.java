// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import io.nvme4j.map.BlockLayout;
import io.nvme4j.spec.Crc16T10Dif;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.Set;

/**
 * Fills in and checks the protection information of blocks in memory (NVM Command Set, "Protection
 * Information and Logical Block Guard Tag", 16b Guard): a guard over the block's data and what
 * metadata come before it, an application tag and a reference tag, 8 bytes in all, big-endian.
 *
 * <p>Immutable and thread-safe.
 */
public final class ProtectionInformation {
    /** Bytes of it in each block's metadata. */
    public static final int BYTES = 8;

    private static final int APPLICATION_TAG = 2;
    private static final int REFERENCE_TAG = 4;
    private static final int NO_CHECK = 0xFFFF;
    private static final int NO_CHECK_OF_TYPE_3 = 0xFFFF_FFFF;

    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final BlockLayout layout;
    private final ProtectionFormat format;

    /** A part of the protection information. */
    public enum Part {
        /** The data, or the guard. */
        GUARD,
        /** The application tag. */
        APPLICATION_TAG,
        /** The reference tag: perhaps it is another block's data. */
        REFERENCE_TAG;

        /** All of them. */
        static final Set<Part> ALL = Set.of(values());
    }

    /**
     * A block that fails its check.
     *
     * @param block of those that were checked, from 0
     * @param part what is wrong first: guard, application tag, reference tag
     */
    public record Mismatch(int block, Part part) {}

    /**
     * Reads and writes the protection information of a namespace's blocks in memory.
     *
     * @param namespace whose blocks they are
     * @throws IllegalArgumentException if its metadata have no protection information
     */
    public ProtectionInformation(Namespace namespace) {
        this.layout = namespace.layout();
        this.format = namespace.protection();
        if (!format.isPresent()) {
            throw new IllegalArgumentException("the namespace has no protection information");
        }
    }

    /** Where the parts of one block are. */
    private record Block(
            MemorySegment data, long dataAt, MemorySegment metadata, long metadataAt) {}

    /** Of the first block; {@code metadata} is null where metadata lie with the data. */
    private Block block(MemorySegment data, @Nullable MemorySegment metadata, int index) {
        long dataAt = (long) index * layout.bytesInBuffer();
        if (layout.extended()) {
            return new Block(data, dataAt, data, dataAt + layout.blockSize());
        }
        if (metadata == null) {
            throw new IllegalArgumentException("the namespace's metadata lie apart from the data");
        }
        return new Block(data, dataAt, metadata, (long) index * layout.metadataSize());
    }

    /** Bytes of metadata before the protection information. */
    private int before() {
        return format.isFirst() ? 0 : layout.metadataSize() - BYTES;
    }

    private static void check(MemorySegment data, int blocks) {
        Objects.requireNonNull(data, "data");
        if (blocks < 0) {
            throw new IllegalArgumentException("0 blocks or more are there, not " + blocks);
        }
    }

    private int guard(Block block) {
        int crc = Crc16T10Dif.update(0, block.data, block.dataAt, layout.blockSize());
        return Crc16T10Dif.update(crc, block.metadata, block.metadataAt, before());
    }

    /**
     * Fills in the protection information of neighbouring blocks.
     *
     * @param data of the blocks, metadata included where they lie with the data
     * @param metadata where they don't, else null
     * @param blocks how many, from the beginning of the data on
     * @param referenceTag of the first block; that of Types 1 and 2 goes up by one with each block
     * @param applicationTag of each block, 0 to 65,535
     */
    public void fill(
            MemorySegment data,
            @Nullable MemorySegment metadata,
            int blocks,
            long referenceTag,
            int applicationTag) {
        check(data, blocks);
        for (int i = 0; i < blocks; i++) {
            Block block = block(data, metadata, i);
            long at = block.metadataAt + before();
            block.metadata.set(SHORT, at, (short) guard(block));
            block.metadata.set(SHORT, at + APPLICATION_TAG, (short) applicationTag);
            block.metadata.set(INT, at + REFERENCE_TAG, (int) tagOf(referenceTag, i));
        }
    }

    private long tagOf(long referenceTag, int block) {
        return format.referenceTagFollowsLba() ? referenceTag + block : referenceTag;
    }

    /**
     * Checks the protection information of neighbouring blocks, as a controller would with all
     * checks on: blocks whose application tag is FFFFh (of Type 3: and whose reference tag is
     * FFFFFFFFh) are passed over.
     *
     * @param data of the blocks, metadata included where they lie with the data
     * @param metadata where they don't, else null
     * @param blocks how many, from the beginning of the data on
     * @param referenceTag of the first block; that of Types 1 and 2 goes up by one with each block
     * @param applicationTag that each block should have, 0 to 65,535
     * @param applicationTagMask bits of the application tag that count
     * @return the first block that is wrong, or null; the reference tag of Type 3 isn't checked
     */
    public @Nullable Mismatch check(
            MemorySegment data,
            @Nullable MemorySegment metadata,
            int blocks,
            long referenceTag,
            int applicationTag,
            int applicationTagMask) {
        check(data, blocks);
        for (int i = 0; i < blocks; i++) {
            Block block = block(data, metadata, i);
            Part part =
                    check(block, (int) tagOf(referenceTag, i), applicationTag, applicationTagMask);
            if (part != null) {
                return new Mismatch(i, part);
            }
        }
        return null;
    }

    private @Nullable Part check(
            Block block, int referenceTag, int applicationTag, int applicationTagMask) {
        long at = block.metadataAt + before();
        int application = Short.toUnsignedInt(block.metadata.get(SHORT, at + APPLICATION_TAG));
        int reference = block.metadata.get(INT, at + REFERENCE_TAG);
        if (application == NO_CHECK && (format.type() != 3 || reference == NO_CHECK_OF_TYPE_3)) {
            return null;
        }
        if (Short.toUnsignedInt(block.metadata.get(SHORT, at)) != guard(block)) {
            return Part.GUARD;
        }
        if (((application ^ applicationTag) & applicationTagMask) != 0) {
            return Part.APPLICATION_TAG;
        }
        return format.referenceTagFollowsLba() && reference != referenceTag
                ? Part.REFERENCE_TAG
                : null;
    }
}
