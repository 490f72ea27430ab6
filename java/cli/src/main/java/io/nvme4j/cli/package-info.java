/**
 * The {@code nvme4j} command: {@code bench}, {@code list}, {@code identify}, {@code map} and {@code
 * doctor}.
 *
 * <p>Results go to stdout, everything else to stderr. An error is one line that says what is wrong
 * and what to do; exit codes are in {@link io.nvme4j.cli.ExitCode}. This package uses the library's
 * public interface only.
 */
@NullMarked
package io.nvme4j.cli;

import org.jspecify.annotations.NullMarked;
