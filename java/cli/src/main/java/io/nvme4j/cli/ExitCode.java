// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

/** What the command's exit code says. */
final class ExitCode {
    static final int OK = 0;

    /** The command line was understood, but what it asked for failed. */
    static final int FAILURE = 1;

    /** The command line is wrong. */
    static final int USAGE = 2;

    /** Added to the number of the signal that ended a run. */
    static final int SIGNAL = 128;

    private ExitCode() {}
}
