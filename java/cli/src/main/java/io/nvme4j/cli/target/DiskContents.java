// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.target;

import io.nvme4j.Namespace;
import io.nvme4j.QueuePair;
import io.nvme4j.Transfer;
import io.nvme4j.error.CommandException;
import io.nvme4j.memory.CopyPolicy;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.ScatterGatherList;
import io.nvme4j.spec.NvmOpcode;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Recognises what a namespace holds by what it begins with. */
public final class DiskContents {
    private static final long LOOKED_AT = 68 << 10;
    private static final String PARTITION_TABLE = "partition table";

    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final int MBR_ENTRIES = 446;
    private static final int MBR_ENTRY_BYTES = 16;
    private static final int MBR_TYPE = 4;
    private static final int MBR_SIGNATURE = 510;
    private static final int EXT_MAGIC = 1080;
    private static final int BTRFS_MAGIC = 65600;
    private static final int SWAP_MAGIC = 4086;

    private DiskContents() {}

    /** What is there, for people; nothing where nothing is recognised. */
    public static List<String> of(Target target) {
        if (target.namespace().layout().extended()) {
            return List.of(); // the kernel makes no disk of such a namespace
        }
        int blockSize = target.namespace().blockSize();
        long bytes = Math.min(LOOKED_AT, target.namespace().sizeInBytes());
        long most = Math.max(blockSize, target.controller().limits().transferSize());
        try (DmaBuffer buffer = target.controller().allocate(LOOKED_AT + blockSize);
                QueuePair queue = target.controller().queuePair(1)) {
            for (long at = 0; at < bytes; at += most) {
                long length = Math.min(most, bytes - at) / blockSize * blockSize;
                if (length > 0) {
                    read(target, queue, buffer, at, (int) (length / blockSize));
                }
            }
            return recognise(buffer.segment(), blockSize);
        }
    }

    private static void read(
            Target target, QueuePair queue, DmaBuffer buffer, long at, int blocks) {
        AtomicInteger failure = new AtomicInteger();
        Namespace namespace = target.namespace();
        long lba = at / namespace.blockSize();
        ScatterGatherList list = target.controller().scatterGatherList(CopyPolicy.REFUSE);
        list.add(buffer, at, namespace.length(blocks));
        int metadataBytes = Math.max(1, blocks * namespace.metadataSize());
        try (DmaBuffer metadata = target.controller().allocate(metadataBytes)) {
            queue.transfer(
                    new Transfer(NvmOpcode.READ, namespace, lba, list).metadata(metadata, 0), 0);
            while (queue.inFlight() > 0) {
                queue.process((tag, status, result) -> failure.set(status));
            }
        }
        if (failure.get() != 0) {
            throw CommandException.of(failure.get());
        }
    }

    static List<String> recognise(MemorySegment disk, int blockSize) {
        List<String> found = new ArrayList<>();
        if (has(disk, blockSize, "EFI PART")) {
            found.add("GPT " + PARTITION_TABLE);
        } else if (disk.get(SHORT, MBR_SIGNATURE) == (short) 0xAA55 && hasMbrEntry(disk)) {
            found.add("MBR " + PARTITION_TABLE);
        }
        if (disk.get(SHORT, EXT_MAGIC) == (short) 0xEF53) {
            found.add("an ext file system");
        }
        if (has(disk, 0, "XFSB")) {
            found.add("an XFS file system");
        }
        if (has(disk, BTRFS_MAGIC, "_BHRfS_M")) {
            found.add("a Btrfs file system");
        }
        if (has(disk, 512, "LABELONE")) {
            found.add("an LVM physical volume");
        }
        if (has(disk, 0, "LUKS")) {
            found.add("a LUKS volume");
        }
        if (has(disk, SWAP_MAGIC, "SWAPSPACE2")) {
            found.add("swap space");
        }
        return found;
    }

    public static boolean isPartitionTable(String content) {
        return content.endsWith(PARTITION_TABLE);
    }

    /** Boot sectors have the signature too, but no entries that make sense. */
    private static boolean hasMbrEntry(MemorySegment disk) {
        boolean some = false;
        for (int entry = 0; entry < 4; entry++) {
            long at = MBR_ENTRIES + (long) entry * MBR_ENTRY_BYTES;
            int status = disk.get(ValueLayout.JAVA_BYTE, at) & 0xff;
            if (status != 0 && status != 0x80) {
                return false;
            }
            some |= disk.get(ValueLayout.JAVA_BYTE, at + MBR_TYPE) != 0;
        }
        return some;
    }

    private static boolean has(MemorySegment disk, long at, String magic) {
        byte[] bytes = magic.getBytes(StandardCharsets.US_ASCII);
        MemorySegment wanted = MemorySegment.ofArray(bytes);
        return at + bytes.length <= disk.byteSize()
                && MemorySegment.mismatch(disk, at, at + bytes.length, wanted, 0, bytes.length)
                        == -1;
    }
}
