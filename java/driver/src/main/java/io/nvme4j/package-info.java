// SPDX-License-Identifier: Apache-2.0
/**
 * User-space NVMe. This package owns what a program begins with: the {@link io.nvme4j.Controller}
 * that it attaches to, whose {@link io.nvme4j.Namespace}s it reads and writes through a {@link
 * io.nvme4j.QueuePair} of one thread (poll mode), by methods for what must be fast, {@link
 * io.nvme4j.Transfer}s for all that a Read, Write or Compare can say, and {@link
 * io.nvme4j.Command}s for any other; and {@link io.nvme4j.Admin}, for what a controller tells of
 * itself.
 *
 * <p>Queue pairs that many threads share are {@link io.nvme4j.engine}'s, buffers and lists of
 * memory {@link io.nvme4j.memory}'s, exceptions {@link io.nvme4j.error}'s, and the specification's
 * names and structures {@link io.nvme4j.spec}'s.
 */
@NullMarked
package io.nvme4j;

import org.jspecify.annotations.NullMarked;
