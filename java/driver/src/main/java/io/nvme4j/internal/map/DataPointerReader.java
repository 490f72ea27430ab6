// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.map;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.nvme4j.map.DataPointerEntry;
import io.nvme4j.map.DataPointerEntry.Kind;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Reads a data pointer that a {@link PageMapper} wrote, to show it to people. */
final class DataPointerReader {
    private static final int IN_COMMAND = -1;

    private final ListPages lists;
    private final int pageSize;
    private final List<DataPointerEntry> entries = new ArrayList<>();
    private int pages;

    /**
     * @param lists that the mapper wrote to
     */
    DataPointerReader(ListPages lists, int pageSize) {
        this.lists = lists;
        this.pageSize = pageSize;
    }

    List<DataPointerEntry> prps(MemorySegment record, long at, long length) {
        long prp1 = record.get(JAVA_LONG, at);
        long prp2 = record.get(JAVA_LONG, at + Long.BYTES);
        long first = Math.min(length, pageSize - (prp1 & (pageSize - 1)));
        long left = length - first;
        add(Kind.PRP1, IN_COMMAND, 0, prp1, first);
        if (left > pageSize) {
            add(Kind.PRP2_LIST, IN_COMMAND, 1, prp2, 0);
            prpList(left);
        } else if (left > 0) {
            add(Kind.PRP2, IN_COMMAND, 1, prp2, left);
        }
        return entries;
    }

    private void prpList(long length) {
        int last = pageSize / PrpBuilder.ENTRY_BYTES - 1;
        int index = 0;
        for (long left = length; left > 0; index++) {
            long value = lists.get(lists.begin(pages) + (long) index * PrpBuilder.ENTRY_BYTES);
            if (index == last && left > pageSize) {
                add(Kind.PRP_LIST_LINK, pages, index, value, 0);
                pages++;
                index = -1;
            } else {
                long bytes = Math.min(left, pageSize);
                add(Kind.PRP_ENTRY, pages, index, value, bytes);
                left -= bytes;
            }
        }
    }

    List<DataPointerEntry> sgl(MemorySegment record, long at) {
        descriptor(
                IN_COMMAND, 0, record.get(JAVA_LONG, at), record.get(JAVA_LONG, at + Long.BYTES));
        return entries;
    }

    private void descriptor(int list, int index, long low, long high) {
        Kind kind = SglBuilder.kind(high);
        long length = SglBuilder.length(high);
        add(kind, list, index, low, length);
        if (!kind.isData()) {
            int page = pages++;
            for (int i = 0; i < length / SglBuilder.DESCRIPTOR_BYTES; i++) {
                long entry = lists.begin(page) + (long) i * SglBuilder.DESCRIPTOR_BYTES;
                descriptor(page, i, lists.get(entry), lists.get(entry + Long.BYTES));
            }
        }
    }

    List<DataPointerEntry> contiguous(long address, long length) {
        add(Kind.CONTIGUOUS, IN_COMMAND, 0, address, length);
        return entries;
    }

    List<DataPointerEntry> fragments(int count) {
        for (int i = 0; i < count; i++) {
            long at = lists.begin(0) + (long) i * FragmentBuilder.FRAGMENT_BYTES;
            add(Kind.FRAGMENT, 0, i, lists.get(at), lists.get(at + Long.BYTES));
        }
        return entries;
    }

    private void add(Kind kind, int list, int index, long address, long bytes) {
        entries.add(new DataPointerEntry(kind, list, index, address, bytes));
    }
}
