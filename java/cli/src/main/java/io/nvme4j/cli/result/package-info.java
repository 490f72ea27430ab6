// SPDX-License-Identifier: Apache-2.0
/**
 * What a benchmark measured: latencies, and how they came about in time. Knows the jobs, but
 * neither who measures nor what is made of it.
 */
@NullMarked
package io.nvme4j.cli.result;

import org.jspecify.annotations.NullMarked;
