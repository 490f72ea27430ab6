// SPDX-License-Identifier: Apache-2.0
/**
 * Data integrity: marks in every logical block, a ledger of what was written, and the checks that
 * find blocks that are lost, torn, misdirected or stale.
 */
@NullMarked
package io.nvme4j.cli.verify;

import org.jspecify.annotations.NullMarked;
