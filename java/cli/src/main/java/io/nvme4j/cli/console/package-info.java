// SPDX-License-Identifier: Apache-2.0
/**
 * What all subcommands have towards whoever called them: exit codes, lines of errors, stdout and
 * files, Ctrl-C, transport ids, help.
 */
@NullMarked
package io.nvme4j.cli.console;

import org.jspecify.annotations.NullMarked;
