// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.map;

import java.util.List;

/**
 * A command of a {@link TransferPlan}.
 *
 * @param startingLba first block
 * @param blocks how many
 * @param bytes of data
 * @param reason why it ends where it does
 * @param form of its data pointer
 * @param entries of its data pointer, in the order in which the controller comes upon them
 */
public record PlannedCommand(
        long startingLba,
        int blocks,
        long bytes,
        SplitReason reason,
        DataPointerForm form,
        List<DataPointerEntry> entries) {}
