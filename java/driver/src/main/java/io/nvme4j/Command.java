// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import io.nvme4j.internal.CommandLength;
import io.nvme4j.internal.memory.Buffers;
import io.nvme4j.internal.memory.DmaMemory;
import io.nvme4j.internal.queue.NvmCommand;
import io.nvme4j.map.MappingRules;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.spec.NvmOpcode;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.Set;

/**
 * An I/O command of any opcode (Base Specification, "Common Command Format"): what is in its
 * dwords, as it is, and its data. The library adds CID and the data pointer. For what {@link
 * QueuePair} has no method for; {@link Transfer} is for data of many kinds.
 *
 * <p>A controller moves as many bytes as the command's fields say, whatever the buffer has. So both
 * must be the same; where the fields are a vendor's, so that nobody knows what they say, data go by
 * SGLs only, which tell the controller the length ({@link QueuePairOptions#form}).
 *
 * <p>Reusable: who takes it looks at it during the call only. One thread at a time.
 */
public final class Command {
    /** Numbers of the dwords that are the caller's. */
    private static final Set<Integer> DWORDS = Set.of(2, 3, 10, 11, 12, 13, 14, 15);

    private static final int LAST_DWORD = 15;

    /** Opcodes of commands on the blocks that CDW10 to CDW12 say, and on no others. */
    private static final Set<NvmOpcode> OF_BLOCKS =
            Set.of(
                    NvmOpcode.READ,
                    NvmOpcode.WRITE,
                    NvmOpcode.COMPARE,
                    NvmOpcode.WRITE_ZEROES,
                    NvmOpcode.WRITE_UNCORRECTABLE,
                    NvmOpcode.VERIFY);

    private final int opcode;
    private final int[] dwords = new int[LAST_DWORD + 1];
    private @Nullable Namespace namespace;
    private int otherNamespace; // NSID, where none is named
    private @Nullable DmaBuffer data;
    private long offset;
    private long length;

    /**
     * Describes a command of no namespace, without data, with zeroes in its dwords.
     *
     * @param opcode CDW0 bits 7:0, 0 to 255
     */
    public Command(int opcode) {
        this.opcode = Objects.checkIndex(opcode, 256);
    }

    /** {@return another command that says what this one says now} */
    public Command copy() {
        Command copy = new Command(opcode);
        System.arraycopy(dwords, 0, copy.dwords, 0, dwords.length);
        copy.namespace = namespace;
        copy.otherNamespace = otherNamespace;
        copy.data = data;
        copy.offset = offset;
        copy.length = length;
        return copy;
    }

    /**
     * Describes a Write Zeroes.
     *
     * @param namespace or a slice of one
     * @param startingLba first logical block
     * @param blocks logical blocks, 1 to 65,536
     * @return the command
     */
    public static Command writeZeroes(Namespace namespace, long startingLba, int blocks) {
        return ofBlocks(NvmOpcode.WRITE_ZEROES, namespace, startingLba, blocks);
    }

    /**
     * Describes a Write Uncorrectable, after which reads of the blocks fail; as a Write Zeroes.
     *
     * @param namespace or a slice of one
     * @param startingLba first logical block
     * @param blocks logical blocks, 1 to 65,536
     * @return the command
     */
    public static Command writeUncorrectable(Namespace namespace, long startingLba, int blocks) {
        return ofBlocks(NvmOpcode.WRITE_UNCORRECTABLE, namespace, startingLba, blocks);
    }

    /**
     * Describes a Verify, which reads the blocks without moving them; as a Write Zeroes.
     *
     * @param namespace or a slice of one
     * @param startingLba first logical block
     * @param blocks logical blocks, 1 to 65,536
     * @return the command
     */
    public static Command verify(Namespace namespace, long startingLba, int blocks) {
        return ofBlocks(NvmOpcode.VERIFY, namespace, startingLba, blocks);
    }

    private static Command ofBlocks(
            NvmOpcode opcode, Namespace namespace, long startingLba, int blocks) {
        namespace.length(blocks); // which refuses what a command can't say
        return new Command(opcode.value())
                .namespace(namespace)
                .startingLba(startingLba)
                .cdw(12, NvmCommand.numberOfBlocks(blocks));
    }

    /**
     * Describes a Dataset Management that deallocates several ranges.
     *
     * @param namespace or a slice of one
     * @param ranges where their definitions are: {@link #putRange}
     * @param offset of the first definition, in bytes
     * @param count ranges, 1 to 256
     * @return the command
     */
    public static Command deallocate(
            Namespace namespace, DmaBuffer ranges, long offset, int count) {
        if (count < 1 || count > NvmCommand.MAXIMUM_RANGES) {
            throw new IllegalArgumentException(
                    "a Dataset Management has 1 to %d ranges, not %d"
                            .formatted(NvmCommand.MAXIMUM_RANGES, count));
        }
        return new Command(NvmOpcode.DATASET_MANAGEMENT.value())
                .namespace(namespace)
                .cdw(10, count - 1)
                .cdw(11, NvmCommand.DEALLOCATE)
                .data(
                        Objects.requireNonNull(ranges, "ranges"),
                        offset,
                        (long) count * NvmCommand.RANGE_BYTES);
    }

    /**
     * Writes a range definition of a Dataset Management ("Dataset Management - Range Definition").
     *
     * @param segment that has room for it
     * @param offset of the definition in the segment, in bytes; a definition has 16
     * @param startingLba first logical block
     * @param blocks logical blocks, 1 or more
     * @throws IndexOutOfBoundsException if the definition is not inside the segment
     */
    public static void putRange(MemorySegment segment, long offset, long startingLba, int blocks) {
        if (blocks < 1) {
            throw new IllegalArgumentException("a range has 1 block or more, not " + blocks);
        }
        NvmCommand.putRange(
                Objects.requireNonNull(segment, "segment"), offset, startingLba, blocks);
    }

    /**
     * Makes it one of a namespace.
     *
     * @param namespace or a slice of one
     * @return this
     */
    public Command namespace(Namespace namespace) {
        this.namespace = Objects.requireNonNull(namespace, "namespace");
        return this;
    }

    /**
     * Makes it one of a namespace of which no more is known than its number: it need not be active.
     * Nobody can say then how many bytes its blocks have, so that it can't be one that moves them.
     *
     * @param id NSID; 0 where it is of no namespace
     * @return this
     */
    public Command namespaceId(int id) {
        if (id < 0) {
            throw new IllegalArgumentException(
                    "a namespace has an identifier of 0 or more, not " + id);
        }
        return rawNamespace(id);
    }

    /** Sets NSID to any number, unsigned. */
    Command rawNamespace(int id) {
        this.namespace = null;
        this.otherNamespace = id;
        return this;
    }

    /**
     * Makes it one of all namespaces: NSID FFFFFFFFh.
     *
     * @return this
     */
    public Command allNamespaces() {
        return rawNamespace(Namespace.ALL);
    }

    /**
     * Sets a dword.
     *
     * @param dword 2, 3, or 10 to 15
     * @param value all its 32 bits
     * @return this
     */
    public Command cdw(int dword, int value) {
        if (!DWORDS.contains(dword)) {
            throw new IllegalArgumentException(
                    "dword " + dword + " of a command isn't the caller's: 2, 3 and 10 to 15 are");
        }
        dwords[dword] = value;
        return this;
    }

    /**
     * Sets CDW10 and CDW11 to the first logical block, where the command has them there.
     *
     * @param startingLba of the namespace, or of the slice
     * @return this
     */
    public Command startingLba(long startingLba) {
        return cdw(10, (int) startingLba).cdw(11, (int) (startingLba >>> 32));
    }

    /**
     * Sets where its data are; bits 1:0 of the opcode tell which way they go.
     *
     * @param buffer of the controller that carries the command out
     * @param offset of the data in the buffer, in bytes
     * @param length bytes, at least 1
     * @return this
     * @throws IllegalArgumentException if the length is less
     * @throws IndexOutOfBoundsException if the data are not inside the buffer
     */
    public Command data(DmaBuffer buffer, long offset, long length) {
        if (length < 1) {
            throw new IllegalArgumentException("data have 1 byte or more, not " + length);
        }
        Objects.checkFromIndexSize(offset, length, buffer.length());
        this.data = buffer;
        this.offset = offset;
        this.length = length;
        return this;
    }

    /**
     * Says that it moves no data.
     *
     * @return this
     */
    public Command withoutData() {
        this.data = null;
        this.offset = 0;
        this.length = 0;
        return this;
    }

    @Nullable Namespace namespace() {
        return namespace;
    }

    /** {@return the opcode, CDW0 bits 7:0} */
    public int opcode() {
        return opcode;
    }

    /** {@return the NSID; 0 where it is of no namespace} */
    public int namespaceId() {
        Namespace named = namespace;
        return named != null ? named.id() : otherNamespace;
    }

    /**
     * {@return a dword and the next, which is in the upper half}
     *
     * @param dword number of the first, 0 to 14
     */
    public long dwords(int dword) {
        Objects.checkIndex(dword, LAST_DWORD);
        return Integer.toUnsignedLong(dwords[dword]) | (long) dwords[dword + 1] << 32;
    }

    /** {@return where the data are; null where there are none} */
    public @Nullable DmaBuffer data() {
        return data;
    }

    /** {@return where in the buffer they begin, in bytes} */
    public long offset() {
        return offset;
    }

    /** {@return how many bytes the data have, or 0} */
    public long length() {
        return length;
    }

    /**
     * This as a controller is given it: a copy, checked, whoever changes this one meanwhile; its
     * LBAs are those of the whole namespace.
     *
     * @param user memory of the controller
     * @param rules of its data pointers
     * @throws IllegalStateException if the data are closed
     * @throws IllegalArgumentException if the controller can't be given this
     * @throws IndexOutOfBoundsException if it is about blocks that are not inside its slice
     */
    Command taken(DmaMemory user, MappingRules rules) {
        Command copy = copy();
        copy.check(user, rules);
        Namespace named = copy.namespace;
        if (named != null && named.isSlice()) {
            copy.moveInto(named);
        }
        return copy;
    }

    /** What says nothing of blocks, or says it in its data, can't be kept inside a slice. */
    private void moveInto(Namespace slice) {
        NvmOpcode known = NvmOpcode.fromValue(opcode).orElse(null);
        if (known == NvmOpcode.FLUSH) {
            return;
        }
        if (known == null || !OF_BLOCKS.contains(known)) {
            throw new IllegalArgumentException(
                    "a command of opcode %02Xh may reach outside the slice: give it the namespace"
                            .formatted(opcode));
        }
        startingLba(slice.lba(dwords(10), NvmCommand.blocks(dwords(12))));
    }

    private void check(DmaMemory user, MappingRules rules) {
        Namespace named = namespace;
        if (named != null) {
            named.checkMemory(user);
        }
        CommandLength.check(this, named, rules);
        DmaBuffer buffer = data;
        if (buffer != null) {
            Buffers.checkRange(buffer, user, offset, length);
            rules.checkAddress(Buffers.mapped(buffer).address() + offset);
            if (NvmCommand.movesToHost(opcode)) {
                Buffers.checkWritable(buffer);
            }
        }
    }
}
