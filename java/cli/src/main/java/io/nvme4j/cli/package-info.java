/**
 * The {@code nvme4j} command. {@link io.nvme4j.cli.Main} hands over to the subcommands, which are
 * in packages of their own.
 *
 * <p>Results go to stdout, everything else to stderr. An error is one line that says what is wrong
 * and what to do; exit codes are in {@link io.nvme4j.cli.console.ExitCode}. The command uses the
 * library's public interface only.
 */
@NullMarked
package io.nvme4j.cli;

import org.jspecify.annotations.NullMarked;
