// SPDX-License-Identifier: Apache-2.0
/**
 * What a benchmark's jobs are: {@link io.nvme4j.cli.job.Job} and its parts, each of which reads its
 * own options of fio's job files and of the command line. Knows no device and runs nothing.
 */
@NullMarked
package io.nvme4j.cli.job;

import org.jspecify.annotations.NullMarked;
