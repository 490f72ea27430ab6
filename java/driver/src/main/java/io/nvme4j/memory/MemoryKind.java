// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.memory;

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

    @Override
    public String toString() {
        return text;
    }
}
