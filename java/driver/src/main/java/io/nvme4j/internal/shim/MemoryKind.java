// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.shim;

import io.nvme4j.internal.shim.generated.Nvme4j;

/** What DMA memory is made of. */
public enum MemoryKind {
    /** Ordinary pages that are not locked, because the limit on locked memory was reached. */
    PAGED("ordinary pages, not locked"),
    /** Ordinary pages, locked. */
    LOCKED("locked pages"),
    /** Hugepages. */
    HUGEPAGE("hugepages"),
    /** Memory of the caller's, registered. */
    REGISTERED("registered by the caller");

    private final String text;

    MemoryKind(String text) {
        this.text = text;
    }

    static MemoryKind of(int kind) {
        if (kind == Nvme4j.N4J_MEM_KIND_HUGEPAGE()) {
            return HUGEPAGE;
        }
        return kind == Nvme4j.N4J_MEM_KIND_LOCKED() ? LOCKED : PAGED;
    }

    @Override
    public String toString() {
        return text;
    }
}
