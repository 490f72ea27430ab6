// SPDX-License-Identifier: Apache-2.0
/** What commands do, and patterns of them, by the names that fio has. */
@NullMarked
package io.nvme4j.cli.job.workload;

import org.jspecify.annotations.NullMarked;
