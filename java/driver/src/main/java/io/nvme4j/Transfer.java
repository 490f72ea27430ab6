// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import io.nvme4j.internal.memory.Buffers;
import io.nvme4j.internal.memory.DmaMemory;
import io.nvme4j.internal.memory.Lists;
import io.nvme4j.internal.queue.NvmCommand;
import io.nvme4j.internal.queue.TransferTask;
import io.nvme4j.map.BlockLayout;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.ScatterGatherList;
import io.nvme4j.spec.NvmOpcode;

import org.jspecify.annotations.Nullable;

import java.util.Objects;
import java.util.Set;

/**
 * A Read, Write or Compare with all that such a command can have (NVM Command Set, "Read command"
 * and those beside it): any memory, metadata apart, protection information, FUA, limited retry,
 * directives. A {@link QueuePair} and an {@link io.nvme4j.engine.Engine} take it alike, and split
 * it into as many commands as it takes.
 *
 * <p>Reusable: who takes it looks at it during the call only, and it may say something else
 * afterwards. The list, in contrast, can't be changed before the completion. One thread at a time.
 */
public final class Transfer {
    private static final Set<NvmOpcode> OPCODES =
            Set.of(NvmOpcode.READ, NvmOpcode.WRITE, NvmOpcode.COMPARE);

    /** CDW12 bits 23:20 and CDW13 bits 31:16, DTYPE and DSPEC. */
    private static final int DIRECTIVE_TYPE_SHIFT = 20;

    private static final int DIRECTIVE_SPECIFIC_SHIFT = 32 + 16;
    private static final long DIRECTIVE =
            0xFL << DIRECTIVE_TYPE_SHIFT | 0xFFFFL << DIRECTIVE_SPECIFIC_SHIFT;

    private NvmOpcode opcode;
    private Namespace namespace;
    private long startingLba;
    private ScatterGatherList list;
    private @Nullable DmaBuffer metadata;
    private long metadataOffset;
    private Protection protection = Protection.NONE;
    private long control;

    /**
     * Describes a transfer without metadata apart, protection information or anything else.
     *
     * @param opcode Read, Write or Compare
     * @param namespace or a slice of one
     * @param startingLba first logical block
     * @param list where the data are, whole blocks
     * @throws IllegalArgumentException if the opcode is another one
     */
    public Transfer(
            NvmOpcode opcode, Namespace namespace, long startingLba, ScatterGatherList list) {
        this.opcode = checked(opcode);
        this.namespace = Objects.requireNonNull(namespace, "namespace");
        this.startingLba = startingLba;
        this.list = Objects.requireNonNull(list, "list");
    }

    private static NvmOpcode checked(NvmOpcode opcode) {
        if (!OPCODES.contains(Objects.requireNonNull(opcode, "opcode"))) {
            throw new IllegalArgumentException(
                    opcode + " moves no blocks of data: READ, WRITE and COMPARE do");
        }
        return opcode;
    }

    /**
     * Makes it another command.
     *
     * @param opcode as in the constructor
     * @return this
     */
    public Transfer opcode(NvmOpcode opcode) {
        this.opcode = checked(opcode);
        return this;
    }

    /**
     * Makes it one of another namespace.
     *
     * @param namespace or a slice of one
     * @return this
     */
    public Transfer namespace(Namespace namespace) {
        this.namespace = Objects.requireNonNull(namespace, "namespace");
        return this;
    }

    /**
     * Sets the first logical block.
     *
     * @param startingLba of the namespace, or of the slice
     * @return this
     */
    public Transfer startingLba(long startingLba) {
        this.startingLba = startingLba;
        return this;
    }

    /**
     * Sets where the data are.
     *
     * @param list whole blocks
     * @return this
     */
    public Transfer list(ScatterGatherList list) {
        this.list = Objects.requireNonNull(list, "list");
        return this;
    }

    /**
     * Sets where metadata are that don't lie with the data.
     *
     * @param metadata null where there are none
     * @param offset of the first block's in the buffer, in bytes; a multiple of 4
     * @return this
     * @throws IndexOutOfBoundsException if the offset is negative
     */
    public Transfer metadata(@Nullable DmaBuffer metadata, long offset) {
        if (offset < 0) {
            throw new IndexOutOfBoundsException("metadata at offset " + offset);
        }
        this.metadata = metadata;
        this.metadataOffset = offset;
        return this;
    }

    /**
     * Sets what the controller does with protection information.
     *
     * @param protection with the reference tag of the first block
     * @return this
     */
    public Transfer protection(Protection protection) {
        this.protection = Objects.requireNonNull(protection, "protection");
        return this;
    }

    /**
     * Sets whether the data are on the medium when the command completes (FUA).
     *
     * @param forced whether FUA is set; it isn't at first
     * @return this
     */
    public Transfer forceUnitAccess(boolean forced) {
        return bit(NvmCommand.FORCE_UNIT_ACCESS, forced);
    }

    /**
     * Sets whether the controller should try less hard to recover from errors (LR).
     *
     * @param limited whether LR is set; it isn't at first
     * @return this
     */
    public Transfer limitedRetry(boolean limited) {
        return bit(NvmCommand.LIMITED_RETRY, limited);
    }

    private Transfer bit(long bit, boolean isSet) {
        control = isSet ? control | bit : control & ~bit;
        return this;
    }

    /**
     * Sets the directive of a Write (Base, "Directives"): a stream, say.
     *
     * @param type DTYPE, 0 to 15; 0 is none
     * @param specific DSPEC, 0 to 65,535
     * @return this
     */
    public Transfer directive(int type, int specific) {
        Objects.checkIndex(type, 16);
        Objects.checkIndex(specific, 1 << 16);
        control =
                control & ~DIRECTIVE
                        | (long) type << DIRECTIVE_TYPE_SHIFT
                        | (long) specific << DIRECTIVE_SPECIFIC_SHIFT;
        return this;
    }

    /** {@return the list that the data are in} */
    public ScatterGatherList list() {
        return list;
    }

    /**
     * Checks that a queue of a controller can take this, and tells it what to do. Each field is
     * looked at once: so what was checked is what is done, whoever changes this meanwhile.
     *
     * @param list {@link #list()}, which is in use already
     * @param user memory of the controller
     * @throws IllegalArgumentException if the list is no whole number of blocks, can't be used, or
     *     anything belongs to another controller
     * @throws IndexOutOfBoundsException if the metadata are not inside their buffer
     */
    TransferTask describe(TransferTask task, ScatterGatherList list, DmaMemory user) {
        Namespace of = namespace;
        Protection protecting = protection;
        of.checkMemory(user);
        Lists.checkMemory(list, user);
        BlockLayout moved = protecting.asMoved(of.layout());
        task.begin(opcode.value(), of.id(), moved, list)
                .startingAt(of.lba(startingLba, task.blocks()))
                .addControl(control | protecting.control())
                .protectionTags(
                        protecting.referenceTag(),
                        of.protection().referenceTagFollowsLba(),
                        protecting.applicationTags());
        DmaBuffer apart = metadata;
        if (apart != null) {
            describeMetadata(task, apart, metadataOffset, moved, user);
        }
        return task;
    }

    private static void describeMetadata(
            TransferTask task, DmaBuffer metadata, long offset, BlockLayout moved, DmaMemory user) {
        long bytes = (long) task.blocks() * moved.bytesInMetadataBuffer();
        Buffers.checkRange(metadata, user, offset, bytes);
        if (bytes > 0) {
            task.metadata(metadata, offset);
        }
    }
}
