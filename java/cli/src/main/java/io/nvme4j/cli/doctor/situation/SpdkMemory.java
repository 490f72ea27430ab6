// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.doctor.situation;

import io.nvme4j.cli.machine.Hugepages.Pool;

/**
 * Hugepage memory that SPDK takes when it starts.
 *
 * @param least bytes without which it doesn't start
 * @param usual bytes that it takes where there are as many
 */
public record SpdkMemory(long least, long usual) {
    private static final long MIB = 1 << 20;

    /** As the library has it where nobody says anything else (AttachOptions.spdkMemory). */
    public static final SpdkMemory USUAL = new SpdkMemory(32 * MIB, 256 * MIB);

    /** How many pages there have to be in all, so that enough are free beside those in use. */
    public long pagesFor(Pool pool) {
        long pages = (usual + pool.pageBytes() - 1) / pool.pageBytes();
        return pool.total() + Math.max(0, pages - pool.free());
    }
}
