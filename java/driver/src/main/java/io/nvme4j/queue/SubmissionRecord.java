// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.queue;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.nvme4j.memory.map.DataPointerForm;
import io.nvme4j.memory.map.GatherCursor;
import io.nvme4j.memory.map.MappedMemory;
import io.nvme4j.memory.map.PageMapper;

import java.lang.foreign.MemorySegment;

/**
 * The submission record, 128 bytes: {@code n4j_submission} of {@code nvme4j.h}, whose layout is
 * compared with this when the library is loaded.
 *
 * <pre>
 *        0        1        2        3        4        5        6        7
 *   0  | OPC    | flags  | CID (unused)    | NSID                              |
 *   8  | CDW2                              | CDW3                              |
 *  16  | MPTR                                                                  |
 *  24  | PRP1, or SGL1 bytes 7:0                                               |
 *  32  | PRP2, or SGL1 bytes 15:8                                              |
 *  40  | CDW10                             | CDW11                             |
 *  48  | CDW12                             | CDW13                             |
 *  56  | CDW14                             | CDW15                             |
 *  64  | tag                                                                   |
 *  72  | data: virtual address of contiguous data, or of fragments             |
 *  80  | data_length                       | data_form                         |
 *  88  | metadata: virtual address                                             |
 *  96  | metadata_length                   | fragment_count                    |
 * 104  | reserved, zero                                                        |
 * </pre>
 *
 * <p>Fields are written eight bytes at a time: a record is used again and again, and every field of
 * the command must be of this use.
 */
public final class SubmissionRecord {
    /** Bytes in a record. */
    public static final long BYTES = 128;

    /** Alignment of a record, so that it covers whole cache lines. */
    public static final long ALIGNMENT = 64;

    private static final long DATA_POINTER = 24;

    private static final long CDW0 = 0;
    private static final long CDW2 = 8;
    private static final long MPTR = 16;
    private static final long CDW10 = 40;
    private static final long CDW12 = 48;
    private static final long CDW14 = 56;
    private static final long TAG = 64;
    private static final long DATA = 72;
    private static final long DATA_LENGTH = 80;
    private static final long METADATA = 88;
    private static final long METADATA_LENGTH = 96;

    private static final int FORM_NONE = 0;
    private static final int FORM_PRP = 1;
    private static final int FORM_SGL = 2;
    private static final int FORM_CONTIGUOUS = 3;
    private static final int FORM_FRAGMENTS = 4;

    /** No form at all: the shim completes such a record with EINVAL instead of submitting it. */
    private static final int FORM_REFUSED = -1;

    /** CDW0 bits 15:14, PSDT: SGLs for data, MPTR holds an address. */
    private static final long PSDT_SGL = 1L << 14;

    private SubmissionRecord() {}

    /**
     * Writes a command but for its data pointer.
     *
     * @param record offset of the record in {@code records}
     * @param opcode CDW0 bits 7:0
     * @param cdw10and11 CDW10 in the lower half, CDW11 in the upper; a starting LBA as it is
     * @param cdw12and13 CDW12 in the lower half, CDW13 in the upper
     */
    public static void putCommand(
            MemorySegment records,
            long record,
            int opcode,
            int namespace,
            long cdw10and11,
            long cdw12and13) {
        records.set(JAVA_LONG, record + CDW0, opcode | (long) namespace << 32);
        records.set(JAVA_LONG, record + CDW2, 0);
        records.set(JAVA_LONG, record + MPTR, 0);
        records.set(JAVA_LONG, record + CDW10, cdw10and11);
        records.set(JAVA_LONG, record + CDW12, cdw12and13);
        records.set(JAVA_LONG, record + CDW14, 0);
    }

    /** Writes the tag that the completion will carry. */
    public static void putTag(MemorySegment records, long record, long tag) {
        records.set(JAVA_LONG, record + TAG, tag);
    }

    /** The tag, as the number of a slot. */
    static int slot(MemorySegment records, long record) {
        return (int) records.get(JAVA_LONG, record + TAG);
    }

    /** CDW0 as it was put, the opcode in bits 7:0, and NSID in the upper half. */
    public static long opcodeAndNamespace(MemorySegment records, long record) {
        return records.get(JAVA_LONG, record + CDW0);
    }

    /** CDW10 and CDW11. */
    public static long startingLba(MemorySegment records, long record) {
        return records.get(JAVA_LONG, record + CDW10);
    }

    /** Says that the command moves no data. */
    public static void putNoData(MemorySegment records, long record) {
        records.set(JAVA_LONG, record + DATA_POINTER, 0);
        records.set(JAVA_LONG, record + DATA_POINTER + 8, 0);
        putData(records, record, 0, 0, FORM_NONE);
        putMetadata(records, record, 0, 0, 0);
    }

    /** Writes CDW14 and CDW15: the tags of protection information. */
    static void putProtectionTags(
            MemorySegment records, long record, int referenceTag, int applicationTag) {
        long tags = Integer.toUnsignedLong(referenceTag) | (long) applicationTag << 32;
        records.set(JAVA_LONG, record + CDW14, tags);
    }

    /**
     * Writes the data pointer and what the shim needs to know of the data.
     *
     * @param offset of the data in the memory, in bytes
     * @param length bytes
     * @param slot the command's, which tells its list pages
     * @throws IllegalArgumentException if the controller takes no data that begins at this offset
     */
    public static void map(
            MemorySegment records,
            long record,
            PageMapper mapper,
            MappedMemory data,
            long offset,
            long length,
            int slot) {
        DataPointerForm form =
                mapper.map(records, record + DATA_POINTER, data, offset, length, slot);
        finish(records, record, mapper, form, length);
    }

    /** The same for data in several ranges. */
    static void map(
            MemorySegment records,
            long record,
            PageMapper mapper,
            GatherCursor from,
            long length,
            int slot) {
        DataPointerForm form = mapper.map(records, record + DATA_POINTER, from, length, slot);
        finish(records, record, mapper, form, length);
    }

    private static void finish(
            MemorySegment records,
            long record,
            PageMapper mapper,
            DataPointerForm form,
            long length) {
        int fragments = 0;
        switch (form) {
            case PRP -> putData(records, record, 0, length, FORM_PRP);
            case SGL -> {
                long cdw0 = records.get(JAVA_LONG, record + CDW0);
                records.set(JAVA_LONG, record + CDW0, cdw0 | PSDT_SGL);
                putData(records, record, 0, length, FORM_SGL);
            }
            case CONTIGUOUS -> putData(records, record, mapper.address(), length, FORM_CONTIGUOUS);
            case FRAGMENTS -> {
                putData(records, record, mapper.address(), length, FORM_FRAGMENTS);
                fragments = mapper.fragmentCount();
            }
        }
        putMetadata(records, record, 0, 0, fragments);
    }

    /**
     * Says where metadata are that don't lie with the data, once the data pointer was written.
     *
     * @param offset of the metadata in the memory; they are at one run of IOVAs
     * @param length bytes
     */
    static void putMetadata(
            MemorySegment records, long record, MappedMemory metadata, long offset, int length) {
        int form = (int) (records.get(JAVA_LONG, record + DATA_LENGTH) >>> 32);
        int fragments = (int) (records.get(JAVA_LONG, record + METADATA_LENGTH) >>> 32);
        if (form == FORM_PRP || form == FORM_SGL) {
            records.set(JAVA_LONG, record + MPTR, metadata.iova(offset));
            putMetadata(records, record, 0, length, fragments);
        } else {
            putMetadata(records, record, metadata.address() + offset, length, fragments);
        }
    }

    private static void putMetadata(
            MemorySegment records, long record, long address, int length, int fragments) {
        records.set(JAVA_LONG, record + METADATA, address);
        records.set(JAVA_LONG, record + METADATA_LENGTH, length | (long) fragments << 32);
    }

    /** Makes the record one that the shim completes with EINVAL. */
    static void refuse(MemorySegment records, long record) {
        putData(records, record, 0, 0, FORM_REFUSED);
    }

    private static void putData(
            MemorySegment records, long record, long address, long length, int form) {
        records.set(JAVA_LONG, record + DATA, address);
        records.set(JAVA_LONG, record + DATA_LENGTH, length | (long) form << 32);
    }
}
