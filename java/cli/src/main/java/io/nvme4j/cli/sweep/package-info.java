// SPDX-License-Identifier: Apache-2.0
/** One workload with many settings: which, what came out, and where the knee is. */
@NullMarked
package io.nvme4j.cli.sweep;

import org.jspecify.annotations.NullMarked;
