// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.queue;

import io.nvme4j.spec.NvmOpcode;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The commands of the NVM Command Set ("NVM Commands"), as they are written to a submission record,
 * but for their data: the one place that knows their dwords. What is 0's based there is counted
 * from 1 here.
 */
public final class NvmCommand {
    public static final int READ = NvmOpcode.READ.value();
    public static final int WRITE = NvmOpcode.WRITE.value();
    public static final int COMPARE = NvmOpcode.COMPARE.value();
    public static final int WRITE_ZEROES = NvmOpcode.WRITE_ZEROES.value();

    private static final int FLUSH = NvmOpcode.FLUSH.value();
    private static final int DATASET_MANAGEMENT = NvmOpcode.DATASET_MANAGEMENT.value();

    /** CDW12 bit 30, FUA. */
    public static final long FORCE_UNIT_ACCESS = 1L << 30;

    /** CDW12 bit 31, LR. */
    public static final long LIMITED_RETRY = 1L << 31;

    /** CDW0 bits 9:8, FUSE: the first of two commands that are one (Base, "Fused Operations"). */
    public static final int FUSED_FIRST = 1 << 8;

    /** CDW0 bits 9:8, FUSE: the second of them. */
    public static final int FUSED_SECOND = 2 << 8;

    /** CDW11 bit 2 of Dataset Management: Attribute - Deallocate. */
    public static final int DEALLOCATE = 1 << 2;

    /** CDW0 bit 1: data go from the controller to the host. */
    private static final int TO_HOST = 1 << 1;

    /** CDW0 bit 0: data go the other way. */
    private static final int FROM_HOST = 1;

    /** Bytes of a range definition of Dataset Management. */
    public static final int RANGE_BYTES = 16;

    /** Most ranges of a Dataset Management. */
    public static final int MAXIMUM_RANGES = 256;

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    private NvmCommand() {}

    /** Whether commands of an opcode move data to the host. */
    public static boolean movesToHost(int opcode) {
        return (opcode & TO_HOST) != 0;
    }

    /** Whether commands of an opcode move data to the controller. */
    public static boolean movesToController(int opcode) {
        return (opcode & FROM_HOST) != 0;
    }

    /** Whether commands of an opcode move data either way. */
    public static boolean movesData(int opcode) {
        return (opcode & (TO_HOST | FROM_HOST)) != 0;
    }

    /**
     * Writes a command on blocks that follow each other: Read, Write, Compare, Write Zeroes and
     * their like.
     *
     * @param record address of the submission record
     * @param opcode CDW0 bits 7:0, with FUSE where it is one of two
     * @param startingLba CDW10 and CDW11
     * @param blocks 1 to 65,536
     * @param control CDW12 bits 31:16, such as {@link #FORCE_UNIT_ACCESS}, and CDW13 above, each in
     *     its place
     */
    public static void putBlocks(
            long record, int opcode, int namespace, long startingLba, int blocks, long control) {
        long cdw12and13 = numberOfBlocks(blocks) | control;
        SubmissionRecord.putCommand(record, opcode, namespace, startingLba, cdw12and13);
    }

    /** CDW12 bits 15:0 of commands on blocks, Number of Logical Blocks. */
    public static int numberOfBlocks(int blocks) {
        return blocks - 1;
    }

    /** The logical blocks of a command that has their number in CDW12, 1 to 65,536. */
    public static int blocks(long cdw12) {
        return (int) (cdw12 & 0xFFFF) + 1;
    }

    /** Writes a Flush. */
    public static void putFlush(long record, int namespace) {
        SubmissionRecord.putCommand(record, FLUSH, namespace, 0, 0);
    }

    /**
     * Writes a Dataset Management that deallocates.
     *
     * @param ranges how many its data have, 1 to {@link #MAXIMUM_RANGES}
     */
    public static void putDeallocate(long record, int namespace, int ranges) {
        long cdw10and11 = ranges - 1 | (long) DEALLOCATE << 32;
        SubmissionRecord.putCommand(record, DATASET_MANAGEMENT, namespace, cdw10and11, 0);
    }

    /** Writes a range definition: context attributes, length, starting LBA. */
    public static void putRange(MemorySegment to, long offset, long startingLba, int blocks) {
        to.set(LONG, offset, (long) blocks << 32);
        to.set(LONG, offset + Long.BYTES, startingLba);
    }
}
