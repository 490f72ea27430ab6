// SPDX-License-Identifier: Apache-2.0
/** Which blocks a job's commands are for: the span of a thread, and offsets in it. */
@NullMarked
package io.nvme4j.cli.load.place;

import org.jspecify.annotations.NullMarked;
