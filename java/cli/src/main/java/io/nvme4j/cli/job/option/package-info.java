// SPDX-License-Identifier: Apache-2.0
/**
 * The options of fio's job files: which there are, how values are written, with units, variables
 * and expressions, and files of them. Knows not what they mean.
 */
@NullMarked
package io.nvme4j.cli.job.option;

import org.jspecify.annotations.NullMarked;
