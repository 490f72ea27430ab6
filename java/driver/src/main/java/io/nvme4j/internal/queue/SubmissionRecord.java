// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.queue;

import static io.nvme4j.internal.map.AddressSpace.MEMORY;
import static io.nvme4j.internal.map.AddressSpace.at;

import io.nvme4j.internal.map.GatherCursor;
import io.nvme4j.internal.map.MappedMemory;
import io.nvme4j.internal.map.PageMapper;
import io.nvme4j.map.DataPointerForm;

import java.lang.foreign.ValueLayout;

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
 * <p>Each is known by its address, in a {@link RecordArray} that the caller keeps. Fields are
 * written eight bytes at a time: a record is used again and again, and every field that is read
 * must be of this use.
 */
public final class SubmissionRecord {
    // Aligned, as records are; the layout that says so would have it checked each time.
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

    /** Bytes in a record. */
    public static final long BYTES = 128;

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
    private static final long DATA_FORM = 84;
    private static final long METADATA = 88;
    private static final long METADATA_LENGTH = 96;
    private static final long FRAGMENT_COUNT = 100;

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
     * @param record address of the record
     * @param opcode CDW0 bits 7:0
     * @param cdw10and11 CDW10 in the lower half, CDW11 in the upper; a starting LBA as it is
     * @param cdw12and13 CDW12 in the lower half, CDW13 in the upper
     */
    public static void putCommand(
            long record, int opcode, int namespace, long cdw10and11, long cdw12and13) {
        MEMORY.set(LONG, at(record, CDW0), opcode | (long) namespace << 32);
        MEMORY.set(LONG, at(record, CDW2), 0);
        MEMORY.set(LONG, at(record, MPTR), 0);
        MEMORY.set(LONG, at(record, CDW10), cdw10and11);
        MEMORY.set(LONG, at(record, CDW12), cdw12and13);
        MEMORY.set(LONG, at(record, CDW14), 0);
    }

    /**
     * Writes what {@link #putCommand} leaves 0.
     *
     * @param cdw2and3 CDW2 in the lower half, CDW3 in the upper
     * @param cdw14and15 CDW14 in the lower half, CDW15 in the upper
     */
    public static void putOtherDwords(long record, long cdw2and3, long cdw14and15) {
        MEMORY.set(LONG, at(record, CDW2), cdw2and3);
        MEMORY.set(LONG, at(record, CDW14), cdw14and15);
    }

    /** Writes the tag that the completion will carry. */
    public static void putTag(long record, long tag) {
        MEMORY.set(LONG, at(record, TAG), tag);
    }

    /** The tag, as the number of a slot. */
    static int slot(long record) {
        return (int) MEMORY.get(LONG, at(record, TAG));
    }

    /** CDW0 as it was put, the opcode in bits 7:0, and NSID in the upper half. */
    public static long opcodeAndNamespace(long record) {
        return MEMORY.get(LONG, at(record, CDW0));
    }

    /** CDW10 and CDW11. */
    public static long startingLba(long record) {
        return MEMORY.get(LONG, at(record, CDW10));
    }

    /** Says that the command moves no data. */
    public static void putNoData(long record) {
        MEMORY.set(LONG, at(record, DATA_POINTER), 0);
        MEMORY.set(LONG, at(record, DATA_POINTER + 8), 0);
        putForm(record, 0, FORM_NONE);
        MEMORY.set(LONG, at(record, METADATA), 0);
    }

    /** Writes CDW14 and CDW15: the tags of protection information. */
    static void putProtectionTags(long record, int referenceTag, int applicationTag) {
        long tags = Integer.toUnsignedLong(referenceTag) | (long) applicationTag << 32;
        MEMORY.set(LONG, at(record, CDW14), tags);
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
            long record, PageMapper mapper, MappedMemory data, long offset, long length, int slot) {
        DataPointerForm form = mapper.map(at(record, DATA_POINTER), data, offset, length, slot);
        finish(record, mapper, form, length);
    }

    /** The same for data in several ranges. */
    static void map(long record, PageMapper mapper, GatherCursor from, long length, int slot) {
        DataPointerForm form = mapper.map(at(record, DATA_POINTER), from, length, slot);
        finish(record, mapper, form, length);
    }

    private static void finish(long record, PageMapper mapper, DataPointerForm form, long length) {
        if (form == DataPointerForm.PRP) { // mostly: a switch would look its number up
            putForm(record, length, FORM_PRP);
        } else {
            finishOther(record, mapper, form, length);
        }
        MEMORY.set(LONG, at(record, METADATA), 0);
    }

    private static void finishOther(
            long record, PageMapper mapper, DataPointerForm form, long length) {
        switch (form) {
            case PRP -> throw new AssertionError("written already");
            case SGL -> {
                long cdw0 = MEMORY.get(LONG, at(record, CDW0));
                MEMORY.set(LONG, at(record, CDW0), cdw0 | PSDT_SGL);
                putForm(record, length, FORM_SGL);
            }
            case CONTIGUOUS -> {
                MEMORY.set(LONG, at(record, DATA), mapper.address());
                putForm(record, length, FORM_CONTIGUOUS);
            }
            case FRAGMENTS -> {
                MEMORY.set(LONG, at(record, DATA), mapper.address());
                putForm(record, length, FORM_FRAGMENTS);
                MEMORY.set(INT, at(record, FRAGMENT_COUNT), mapper.fragmentCount());
            }
        }
    }

    /**
     * Says where metadata are that don't lie with the data, once the data pointer was written.
     *
     * @param offset of the metadata in the memory; they are at one run of IOVAs
     * @param length bytes
     */
    static void putMetadata(long record, MappedMemory metadata, long offset, int length) {
        int form = MEMORY.get(INT, at(record, DATA_FORM));
        if (form == FORM_PRP || form == FORM_SGL) {
            MEMORY.set(LONG, at(record, MPTR), metadata.iova(offset));
        } else {
            MEMORY.set(LONG, at(record, METADATA), metadata.address() + offset);
            MEMORY.set(INT, at(record, METADATA_LENGTH), length);
        }
    }

    /** Makes the record one that the shim completes with EINVAL. */
    static void refuse(long record) {
        putForm(record, 0, FORM_REFUSED);
    }

    private static void putForm(long record, long length, int form) {
        MEMORY.set(LONG, at(record, DATA_LENGTH), length | (long) form << 32);
    }
}
