// SPDX-License-Identifier: Apache-2.0
/**
 * The memory of I/Os: what writes have in it, and how a {@link io.nvme4j.cli.run.data.Mover} has it
 * moved, in one piece, in several, or with metadata.
 */
@NullMarked
package io.nvme4j.cli.run.data;

import org.jspecify.annotations.NullMarked;
