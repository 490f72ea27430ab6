// SPDX-License-Identifier: Apache-2.0
/**
 * What a benchmark's jobs are: the options of fio's job files and of the command line, read and
 * checked into {@link io.nvme4j.cli.job.Job}. Knows no device and runs nothing.
 */
@NullMarked
package io.nvme4j.cli.job;

import org.jspecify.annotations.NullMarked;
