// SPDX-License-Identifier: Apache-2.0
/**
 * {@code nvme4j bench}: its options, from the command line into settings of jobs, and which of the
 * reports are written where. What runs is {@link io.nvme4j.cli.run.Benchmark}.
 */
@NullMarked
package io.nvme4j.cli.bench;

import org.jspecify.annotations.NullMarked;
