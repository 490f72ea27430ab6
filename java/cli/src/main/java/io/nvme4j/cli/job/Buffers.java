// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job;

import java.util.List;
import java.util.Optional;

/**
 * The memory that a job's data are in.
 *
 * @param pattern that it is filled with, or empty for random data
 * @param alignment of each I/O's buffer in bytes, a power of 2
 * @param node NUMA node that they are on, or -1 for any
 * @param unit where each I/O's buffer is in several pieces, bytes of one; else 0
 * @param contents of each write, where data are made anew for each
 */
public record Buffers(
        List<Byte> pattern, long alignment, int node, long unit, Optional<Contents> contents) {
    /** I/Os begin on pages, so that each takes as few pages as it can. */
    public static final long PAGE = 4096;

    /** Random data in one piece. */
    public static final Buffers DEFAULT = new Buffers(List.of(), PAGE, -1, 0, Optional.empty());
}
