// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.memory;

import io.nvme4j.internal.shim.NativeController;
import io.nvme4j.memory.MemoryKind;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Memory that the native library allocated, with an arena that ends Java's access to it. */
final class AllocatedMemory implements Backing {
    private final NativeController controller;
    private final NativeController.Allocation allocation;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment segment;

    private AllocatedMemory(
            NativeController controller, NativeController.Allocation allocation, long length) {
        this.controller = controller;
        this.allocation = allocation;
        this.segment =
                MemorySegment.ofAddress(allocation.address()).reinterpret(length, arena, null);
    }

    static AllocatedMemory allocate(
            NativeController controller, long length, long alignment, int numaNode) {
        NativeController.Allocation allocation = controller.allocate(length, alignment, numaNode);
        try {
            return new AllocatedMemory(controller, allocation, length);
        } catch (RuntimeException | Error e) {
            controller.free(allocation.address());
            throw e;
        }
    }

    MemorySegment segment() {
        return segment;
    }

    MemoryKind kind() {
        if (allocation.isHuge()) {
            return MemoryKind.HUGEPAGE;
        }
        return allocation.isLocked() ? MemoryKind.LOCKED : MemoryKind.PAGED;
    }

    @Override
    public void endAccess() {
        arena.close();
    }

    @Override
    public void free() {
        controller.free(allocation.address());
    }
}
