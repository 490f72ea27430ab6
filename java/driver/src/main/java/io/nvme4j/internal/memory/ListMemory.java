// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.memory;

import io.nvme4j.internal.map.ListPages;
import io.nvme4j.internal.shim.NativeController;

import java.lang.foreign.MemorySegment;

/**
 * DMA memory for page lists. Whoever allocates it sees to it that no command uses it at the end.
 */
public final class ListMemory implements AutoCloseable {
    private final AllocatedMemory memory;
    private final ListPages pages;

    private ListMemory(AllocatedMemory memory, ListPages pages) {
        this.memory = memory;
        this.pages = pages;
    }

    static ListMemory allocate(NativeController controller, int pages) {
        int pageSize = controller.pageSize();
        long length = (long) pages * pageSize;
        AllocatedMemory memory =
                AllocatedMemory.allocate(controller, length, pageSize, DmaMemory.ANY_NODE);
        MemorySegment segment = memory.segment();
        try {
            long[] iovas =
                    controller.takesDataPointers()
                            ? controller.translate(segment.address(), length, pageSize)
                            : new long[pages];
            return new ListMemory(memory, new ListPages(segment, iovas, pageSize));
        } catch (RuntimeException | Error e) {
            memory.endAccess();
            memory.free();
            throw e;
        }
    }

    /** The memory, as the mapper uses it. */
    public ListPages pages() {
        return pages;
    }

    @Override
    public void close() {
        memory.endAccess();
        memory.free();
    }
}
