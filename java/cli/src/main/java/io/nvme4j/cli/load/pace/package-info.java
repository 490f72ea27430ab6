// SPDX-License-Identifier: Apache-2.0
/** When a job's next command may start, and of which direction it is. */
@NullMarked
package io.nvme4j.cli.load.pace;

import org.jspecify.annotations.NullMarked;
