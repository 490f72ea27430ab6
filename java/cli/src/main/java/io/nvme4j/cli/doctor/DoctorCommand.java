// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.doctor;

import io.nvme4j.TransportId;
import io.nvme4j.cli.console.ExitCode;
import io.nvme4j.cli.console.Subcommand;
import io.nvme4j.cli.doctor.situation.Goal;
import io.nvme4j.cli.doctor.situation.Situation;
import io.nvme4j.cli.machine.Machine;
import io.nvme4j.cli.machine.PciBus;
import io.nvme4j.cli.text.Json;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code nvme4j doctor}: what keeps nvme4j from attaching, and what mends it. */
@Command(
        name = "doctor",
        description = {
            "Checks this machine: what keeps nvme4j from attaching to a controller, or slows it"
                    + " down, and the command that mends it. Changes nothing.",
            "",
            "Without -r, the embedded controller has to work, and drives where one is bound to"
                    + " vfio-pci or the like; what others lack is a warning."
        },
        mixinStandardHelpOptions = true,
        footerHeading = "%nNotes:%n",
        footer = {
            "Exit codes: 0 no error, perhaps warnings; 1 an error; 2 wrong command line.",
            "",
            "Examples:",
            "  nvme4j doctor",
            "  nvme4j doctor -r 'trtype:PCIE traddr:0000:01:00.0'",
            "  nvme4j doctor --json"
        })
public final class DoctorCommand extends Subcommand {
    @Option(
            names = {"-r", "--transport"},
            paramLabel = "<id>",
            description =
                    "Transport id: what has to work. Only what matters for it can be an error")
    private @Nullable String transportId;

    @Option(names = "--json", description = "One JSON document")
    private boolean json;

    DoctorCommand() {}

    @Override
    public Integer call() {
        Machine machine = Machine.local();
        Situation situation = Situations.here(machine, goal(machine));
        Diagnosis diagnosis = Doctor.examine(situation);
        DoctorReport report = new DoctorReport(situation.goal(), diagnosis);
        if (json) {
            out().println(Json.text(report.document()));
        } else {
            report.print(out(), spec().commandLine().getColorScheme());
        }
        return diagnosis.isWell() ? ExitCode.OK : ExitCode.FAILURE;
    }

    private Goal goal(Machine machine) {
        if (transportId == null) {
            return Goal.ofMachine(new PciBus(machine).nvmeDrives());
        }
        try {
            return Goal.of(new TransportId(transportId));
        } catch (IllegalArgumentException e) {
            throw wrong("-r: " + e.getMessage(), e);
        }
    }
}
