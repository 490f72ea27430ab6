// SPDX-License-Identifier: Apache-2.0
/**
 * What a benchmark's results look like: tables, fio's documents, logs, and a page. Each report is
 * made of a {@link io.nvme4j.cli.result.RunResult} alone.
 */
@NullMarked
package io.nvme4j.cli.report;

import org.jspecify.annotations.NullMarked;
