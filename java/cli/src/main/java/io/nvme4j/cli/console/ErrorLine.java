// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.console;

import io.nvme4j.error.NvmeException;

import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/** Turns whatever goes wrong into one line on stderr and an exit code. */
public final class ErrorLine {
    /** Environment variable that has stack traces printed. */
    private static final String DEBUG = "NVME4J_DEBUG";

    private ErrorLine() {}

    /**
     * The command line is wrong.
     *
     * @param absence what to tell who gave an option that there is not, if there is more to tell
     */
    public static int wrongArguments(
            ParameterException e, Function<String, Optional<String>> absence) {
        CommandLine commandLine = e.getCommandLine();
        String command = commandLine.getCommandSpec().qualifiedName();
        List<String> lines = message(e, absence).lines().toList();
        lines.subList(0, lines.size() - 1).forEach(line -> print(commandLine, line));
        print(commandLine, lines.getLast() + " (" + command + " --help tells more)");
        printTrace(commandLine, e);
        return ExitCode.USAGE;
    }

    private static String message(
            ParameterException e, Function<String, Optional<String>> absence) {
        String own = Objects.toString(e.getMessage());
        return e instanceof UnmatchedArgumentException unmatched
                ? absence.apply(unmatched.getUnmatched().getFirst()).orElse(own)
                : own;
    }

    /** The command failed. */
    public static int failed(Exception e, CommandLine commandLine, ParseResult parsed) {
        return failed(e, commandLine);
    }

    /** The command failed, perhaps before it ran. */
    public static int failed(Throwable e, CommandLine commandLine) {
        print(commandLine, describe(e));
        printTrace(commandLine, e);
        return ExitCode.FAILURE;
    }

    /** What a person should read of an exception. */
    public static String describe(Throwable e) {
        if (e instanceof NvmeException) {
            return Objects.toString(e.getMessage());
        }
        return "unexpected " + e + " (" + DEBUG + "=1 shows where)";
    }

    private static void print(CommandLine commandLine, String message) {
        commandLine.getOut().flush();
        commandLine.getErr().println("nvme4j: " + message.strip().replaceAll("\\s*\\R\\s*", "; "));
    }

    private static void printTrace(CommandLine commandLine, Throwable e) {
        if (System.getenv(DEBUG) != null) {
            e.printStackTrace(commandLine.getErr());
        }
    }
}
