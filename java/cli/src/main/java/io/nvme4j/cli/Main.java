// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

import io.nvme4j.cli.bench.BenchCommand;
import io.nvme4j.cli.bench.SpdkPerfOptions;
import io.nvme4j.cli.compare.CompareCommand;
import io.nvme4j.cli.console.ErrorLine;
import io.nvme4j.cli.console.Examples;
import io.nvme4j.cli.console.StandardOutput;
import io.nvme4j.cli.doctor.DoctorCommand;
import io.nvme4j.cli.look.IdentifyCommand;
import io.nvme4j.cli.look.ListCommand;
import io.nvme4j.cli.map.MapCommand;
import io.nvme4j.cli.serve.ServeCommand;
import io.nvme4j.cli.text.VersionText;
import io.nvme4j.cli.verify.VerifyCommand;

import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Objects;

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
            ServeCommand.class,
            DoctorCommand.class,
            GenerateCompletion.class,
            HelpCommand.class
        },
        footerHeading = "%nNotes:%n",
        footer = {
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
    private static final int HELP_WIDTH = 100;
    private static final int LEAST_HELP_WIDTH = 72;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    private Main() {}

    /** Runs the command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        // The console's encoding, in one write: reports are only worth reading whole.
        StandardOutput stdout = new StandardOutput();
        PrintWriter out = new PrintWriter(stdout, false, System.out.charset());
        PrintWriter err = new PrintWriter(System.err, true, Charset.defaultCharset());
        int code = run(out, err, arguments);
        if (!stdout.failure().isEmpty()) {
            err.println("nvme4j: stdout can't be written: " + stdout.failure());
        }
        System.exit(stdout.exitCode(code));
    }

    /**
     * Runs the command.
     *
     * @param out for results
     * @param err for everything else
     * @return the exit code
     */
    static int run(PrintWriter out, PrintWriter err, String... arguments) {
        CommandLine commandLine = commandLine().setOut(out).setErr(err);
        try {
            return commandLine.execute(arguments);
        } catch (LinkageError | OutOfMemoryError | IllegalCallerException e) {
            return ErrorLine.failed(e, commandLine);
        } finally {
            out.flush();
            err.flush();
        }
    }

    /** The command, as it reads its arguments. */
    public static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main());
        CommandLine bench = Objects.requireNonNull(line.getSubcommands().get("bench"));
        BenchCommand.listJobOptions(bench.getCommandSpec());
        return line.setCaseInsensitiveEnumValuesAllowed(true)
                .setHelpFactory(Main::help)
                .setParameterExceptionHandler(
                        (e, given) -> ErrorLine.wrongArguments(e, SpdkPerfOptions::reason))
                .setExecutionExceptionHandler(ErrorLine::failed);
    }

    /** As wide as the terminal, but no wider than is good to read. */
    private static Help help(CommandSpec command, Help.ColorScheme colours) {
        UsageMessageSpec usage = command.usageMessage().autoWidth(true);
        int width = Math.clamp(usage.width(), LEAST_HELP_WIDTH, HELP_WIDTH);
        usage.autoWidth(false).width(width).longOptionsMaxWidth(width / 3);
        usage.footer(Examples.wrap(usage.footer(), width));
        return new Help(command, colours);
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "say what to do: bench, compare, verify, list, identify, map or doctor");
    }
}
