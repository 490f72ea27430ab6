/**
 * What can go wrong, as exceptions. A leaf beside {@link io.nvme4j.spec}: every package may throw
 * these, and this one knows only the specification's status names.
 *
 * <p>There are two channels of failure. A call into the native library that failed carries an errno
 * ({@link io.nvme4j.error.ShimException}); a command that the device refused carries an NVMe status
 * ({@link io.nvme4j.error.CommandException}). {@link io.nvme4j.error.CompletionStatus} is the
 * number that has both.
 */
@NullMarked
package io.nvme4j.error;

import org.jspecify.annotations.NullMarked;
