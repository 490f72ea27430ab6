// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.admin;

import io.nvme4j.internal.map.ListPages;
import io.nvme4j.internal.map.PageMapper;
import io.nvme4j.internal.memory.Buffers;
import io.nvme4j.internal.memory.DmaMemory;
import io.nvme4j.internal.memory.ListMemory;
import io.nvme4j.internal.queue.SubmissionRecord;
import io.nvme4j.map.MappingRules;
import io.nvme4j.memory.DmaBuffer;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The library's own memory for the data of one command, all that the controller may touch. */
final class AdminData implements AutoCloseable {
    private final DmaBuffer buffer;
    private final @Nullable ListMemory lists; // null: the data pointer needs none
    private final PageMapper mapper;

    /**
     * @param rules of data pointers of admin commands
     * @param room bytes
     * @param contents of its beginning
     * @throws io.nvme4j.error.ShimException if there is not enough memory
     */
    AdminData(DmaMemory memory, MappingRules rules, long room, MemorySegment contents) {
        buffer = memory.allocateInternal(room);
        try {
            int pages = room <= 2L * memory.pageSize() ? 0 : ListPages.perCommand(rules);
            lists = pages == 0 ? null : memory.allocateLists(pages);
            mapper = new PageMapper(rules, lists == null ? ListPages.NONE : lists.pages(), pages);
        } catch (RuntimeException | Error e) {
            buffer.close();
            throw e;
        }
        buffer.segment().asSlice(0, contents.byteSize()).copyFrom(contents);
    }

    void map(long record) {
        long length = buffer.length();
        SubmissionRecord.map(record, mapper, Buffers.mapped(buffer), 0, length, 0);
    }

    /** A copy of its beginning. */
    MemorySegment read(int bytes) {
        return MemorySegment.ofArray(
                buffer.segment().asSlice(0, bytes).toArray(ValueLayout.JAVA_BYTE));
    }

    @Override
    public void close() {
        if (lists != null) {
            lists.close();
        }
        buffer.close();
    }
}
