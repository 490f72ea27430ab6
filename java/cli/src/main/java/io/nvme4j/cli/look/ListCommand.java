// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.look;

import io.nvme4j.cli.console.ExitCode;
import io.nvme4j.cli.console.OutputFormatOption;
import io.nvme4j.cli.console.Subcommand;
import io.nvme4j.cli.text.Json;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code nvme4j list}: what there is to attach to, or the namespaces of what -r names. */
@Command(
        name = "list",
        description = {
            "Lists the NVMe drives of this machine, who uses them, and whether nvme4j could attach;"
                    + " with -r, attaches and lists namespaces, or, of a discovery service (TCP and"
                    + " RDMA without subnqn), the subsystems that it offers.",
        },
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  nvme4j list",
            "  nvme4j list -r trtype:EMBEDDED -r 'trtype:PCIE traddr:0000:01:00.0'",
            "  nvme4j list -r 'trtype:TCP traddr:10.0.0.1 trsvcid:4420'"
        })
public final class ListCommand extends Subcommand {
    @Option(
            names = {"-r", "--transport"},
            paramLabel = "<id>",
            description = "Transport id of a controller. May be given more than once")
    private List<String> transportIds = new ArrayList<>();

    @Mixin private OutputFormatOption format = new OutputFormatOption();

    ListCommand() {}

    @Override
    public Integer call() {
        PrintWriter out = out();
        Map<String, Object> document = new LinkedHashMap<>();
        if (transportIds.isEmpty()) {
            show(DriveTable.ofMachine(), document, out);
        } else {
            showTargets(document, out);
        }
        if (format.isJson()) {
            out.println(Json.text(document));
        }
        return ExitCode.OK;
    }

    /** Something that is listed. */
    interface Listing {
        /** For people. */
        void print(PrintWriter out);

        /** For programs: puts it into the document. */
        void put(Map<String, Object> document);
    }

    private void show(Listing listing, Map<String, Object> document, PrintWriter out) {
        if (format.isJson()) {
            listing.put(document);
        } else {
            listing.print(out);
        }
    }

    private void showTargets(Map<String, Object> document, PrintWriter out) {
        List<String> services = transportIds.stream().filter(SubsystemTable::isMeant).toList();
        List<String> controllers =
                transportIds.stream().filter(id -> !services.contains(id)).toList();
        if (!controllers.isEmpty()) {
            show(NamespaceTable.of(controllers), document, out);
        }
        if (!services.isEmpty()) {
            show(SubsystemTable.of(services), document, out);
        }
    }
}
