// SPDX-License-Identifier: Apache-2.0
/**
 * What a job's commands are, one after the other: direction, place, length, and when each should
 * start. Deterministic by the job's seed, and free of allocation once it is made.
 */
@NullMarked
package io.nvme4j.cli.load;

import org.jspecify.annotations.NullMarked;
