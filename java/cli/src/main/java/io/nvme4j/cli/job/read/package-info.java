// SPDX-License-Identifier: Apache-2.0
/** Makes settings into a {@link io.nvme4j.cli.job.Job}, or says all that is wrong with them. */
@NullMarked
package io.nvme4j.cli.job.read;

import org.jspecify.annotations.NullMarked;
