// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

import io.nvme4j.cli.text.VersionText;

import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.nio.charset.Charset;

/** The nvme4j command. */
@Command(
        name = "nvme4j",
        description = "User-space NVMe: measure and look at NVMe devices.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class,
        subcommands = {
            BenchCommand.class,
            CompareCommand.class,
            VerifyCommand.class,
            ListCommand.class,
            IdentifyCommand.class,
            MapCommand.class,
            DoctorCommand.class,
            GenerateCompletion.class,
            HelpCommand.class
        },
        footer = {
            "",
            "Exit codes: 0 done, 1 failed, 2 wrong command line, 130 ended by Ctrl-C.",
            "NVME4J_DEBUG=1 in the environment prints the stack trace of an error.",
            "",
            "Examples:",
            "  nvme4j bench",
            "  nvme4j bench -r 'trtype:PCIE traddr:0000:01:00.0' -w randread -o 4096 -q 128 -t 10",
            "  nvme4j identify -r 'trtype:TCP adrfam:IPv4 traddr:10.0.0.1 trsvcid:4420 subnqn:NQN'",
            "  nvme4j list",
            "  nvme4j doctor"
        })
public final class Main implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    private Main() {}

    /** Runs the command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        // The console's encoding, in one write: reports are only worth reading whole.
        PrintWriter out = new PrintWriter(System.out, false, System.out.charset());
        PrintWriter err = new PrintWriter(System.err, true, Charset.defaultCharset());
        System.exit(run(out, err, arguments));
    }

    /**
     * Runs the command.
     *
     * @param out for results
     * @param err for everything else
     * @return the exit code
     */
    static int run(PrintWriter out, PrintWriter err, String... arguments) {
        CommandLine commandLine =
                new CommandLine(new Main())
                        .setOut(out)
                        .setErr(err)
                        .setCaseInsensitiveEnumValuesAllowed(true)
                        .setUsageHelpWidth(100)
                        .setUsageHelpLongOptionsMaxWidth(34)
                        .setParameterExceptionHandler(ErrorLine::wrongArguments)
                        .setExecutionExceptionHandler(ErrorLine::failed);
        try {
            return commandLine.execute(arguments);
        } catch (LinkageError | OutOfMemoryError | IllegalCallerException e) {
            return ErrorLine.failed(e, commandLine);
        } finally {
            out.flush();
            err.flush();
        }
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "say what to do: bench, compare, verify, list, identify, map or doctor");
    }
}
