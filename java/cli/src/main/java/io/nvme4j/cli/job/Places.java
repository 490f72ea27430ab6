// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job;

/**
 * Where the I/Os of one direction go.
 *
 * @param randomPercentage of the I/Os of a random workload; the others are sequential
 * @param distribution of those at random
 * @param alignment of offsets in bytes, or 0 for the smallest block size
 */
public record Places(int randomPercentage, Distribution distribution, long alignment) {
    /** Whether every place at random is as likely as any other. */
    public boolean areAlike() {
        return distribution.kind() == Distribution.Kind.RANDOM;
    }
}
