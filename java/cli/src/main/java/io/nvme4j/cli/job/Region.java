// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job;

/**
 * The part of a namespace that a job works on.
 *
 * @param offset of its first byte
 * @param increment of the offset from each of the job's copies to the next
 * @param alignment that offsets given as a percentage are rounded up to, in bytes, or 0
 * @param size of it; nothing: up to the end of the namespace
 */
public record Region(Extent offset, Extent increment, long alignment, Extent size) {}
