// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.console;

/** What the command's exit code says. */
public final class ExitCode {
    public static final int OK = 0;

    /** The command line was understood, but what it asked for failed. */
    public static final int FAILURE = 1;

    /** The command line is wrong. */
    public static final int USAGE = 2;

    /** Added to the number of the signal that ended a run. */
    public static final int SIGNAL = 128;

    private ExitCode() {}
}
