// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.memory;

import io.nvme4j.shim.MemoryKind;

/** Buffers with page tables that a test makes up. */
final class TestBuffers {
    private TestBuffers() {}

    /** A buffer on memory that the test keeps alive; it must not be closed. */
    @SuppressWarnings("NullAway")
    static DmaBuffer of(long address, long length, long[] pageIovas) {
        return new DmaBuffer(null, address, length, pageIovas, MemoryKind.PAGED);
    }
}
