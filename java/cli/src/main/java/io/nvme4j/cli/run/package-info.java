// SPDX-License-Identifier: Apache-2.0
/**
 * A run of jobs: threads that keep queue pairs full, what they measure, and when it ends. {@link
 * io.nvme4j.cli.run.LoadQueue} is the hot path, with what it is made of: the slots of what is in
 * flight, a writer of commands, and what becomes of their completions.
 */
@NullMarked
package io.nvme4j.cli.run;

import org.jspecify.annotations.NullMarked;
