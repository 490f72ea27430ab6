// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.embedded;

import io.nvme4j.spec.Status;

/**
 * A fault that an I/O command has met.
 *
 * @param fault which of the drive's, from 0, in the order in which the builder was given them
 * @param queue identifier of the submission queue
 * @param command the command's number in that queue, from 1, counted over all attaches
 * @param opcode 0 to 255
 * @param lba the first block, or 0 where the command has no range
 * @param blocks how many, or 0 where the command has no range
 * @param status what it completed with; success where it was slow or stuck
 * @param delayNanos how much longer it took, or -1 where it was stuck
 */
public record InjectedFault(
        int fault,
        int queue,
        long command,
        int opcode,
        long lba,
        long blocks,
        Status status,
        long delayNanos) {}
