// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

import io.nvme4j.Controller;
import io.nvme4j.Namespace;
import io.nvme4j.TransportId;
import io.nvme4j.cli.text.ByteSize;
import io.nvme4j.cli.text.Json;
import io.nvme4j.cli.text.TextTable;
import io.nvme4j.cli.text.VersionText;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** {@code nvme4j list}: what there is to attach to, or the namespaces of what -r names. */
@Command(
        name = "list",
        description = {
            "Lists the NVMe devices of this machine and the transports of this build; with -r,"
                    + " attaches and lists namespaces.",
        },
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class,
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  nvme4j list",
            "  nvme4j list -r trtype:EMBEDDED -r 'trtype:PCIE traddr:0000:01:00.0'"
        })
final class ListCommand implements Callable<Integer> {
    private static final List<String> SPDK_TRANSPORTS = List.of("PCIE", "TCP", "RDMA", "VFIOUSER");

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = {"-r", "--transport"},
            paramLabel = "<id>",
            description = "Transport id of a controller. May be given more than once")
    private List<String> transportIds = new ArrayList<>();

    @Option(
            names = "--output-format",
            paramLabel = "<format>",
            description = "normal or json. Default: ${DEFAULT-VALUE}")
    private OutputFormat outputFormat = OutputFormat.normal;

    ListCommand() {}

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        if (transportIds.isEmpty()) {
            listMachine(out, new PciDevices(Path.of("/sys")).find());
        } else {
            listControllers(out);
        }
        return ExitCode.OK;
    }

    private void listMachine(PrintWriter out, List<PciDevices.Device> devices) {
        if (outputFormat == OutputFormat.json) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("devices", devices.stream().map(ListCommand::toMap).toList());
            document.put("transports", transports());
            out.println(Json.text(document));
        } else {
            printMachine(out, devices);
        }
    }

    private static Map<String, Object> toMap(PciDevices.Device device) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("transportId", device.transportId());
        map.put("pciId", device.id());
        map.put("driver", device.driver());
        map.put("kernelName", device.kernelName());
        map.put("modelNumber", device.model());
        map.put("state", device.state());
        return map;
    }

    /** Whether each transport can be used, and if not, why. */
    private static Map<String, Object> transports() {
        Map<String, Object> transports = new LinkedHashMap<>();
        transports.put("EMBEDDED", "available");
        for (String transport : SPDK_TRANSPORTS) {
            transports.put(transport, SpdkPresence.isBuilt() ? "available" : SpdkPresence.ABSENT);
        }
        return transports;
    }

    private static void printMachine(PrintWriter out, List<PciDevices.Device> devices) {
        TextTable table =
                new TextTable("Transport id", "PCI id", "Driver", "Kernel", "Model", "State");
        table.add(TransportId.EMBEDDED, "-", "-", "-", "built-in software controller", "ready");
        for (PciDevices.Device device : devices) {
            table.add(
                    device.transportId(),
                    device.id(),
                    dash(device.driver()),
                    dash(device.kernelName()),
                    dash(device.model()),
                    device.state());
        }
        out.println("Controllers of this machine");
        table.print(out);
        if (devices.isEmpty()) {
            out.println("  (no NVMe device on the PCI bus)");
        }
        out.println();
        out.println("Transports");
        out.println("  EMBEDDED                   available");
        out.println(
                "  PCIE, TCP, RDMA, VFIOUSER  "
                        + (SpdkPresence.isBuilt() ? "available, by SPDK" : SpdkPresence.ABSENT));
    }

    private static String dash(String text) {
        return text.isEmpty() ? "-" : text;
    }

    private void listControllers(PrintWriter out) {
        List<Map<String, Object>> namespaces = new ArrayList<>();
        TextTable table =
                new TextTable(
                        "Transport id",
                        "Model",
                        "Serial",
                        "NS",
                        "Size",
                        "Blocks",
                        "Block",
                        "Metadata");
        for (String id : transportIds) {
            try (Controller controller = Controller.attach(id)) {
                String model = controller.identify().modelNumber();
                String serial = controller.identify().serialNumber();
                for (Namespace namespace : controller.namespaces()) {
                    namespaces.add(toMap(id, model, serial, namespace));
                    table.add(
                            id,
                            dash(model),
                            dash(serial),
                            namespace.id(),
                            ByteSize.format(namespace.sizeInBytes()),
                            namespace.blocks(),
                            namespace.blockSize(),
                            namespace.metadataSize());
                }
            }
        }
        if (outputFormat == OutputFormat.json) {
            out.println(Json.text(Map.of("namespaces", namespaces)));
        } else {
            print(out, table);
        }
    }

    private static void print(PrintWriter out, TextTable table) {
        if (table.isEmpty()) {
            out.println("No active namespaces.");
        } else {
            table.print(out);
        }
    }

    private static Map<String, Object> toMap(
            String id, String model, String serial, Namespace namespace) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("transportId", id);
        map.put("modelNumber", model);
        map.put("serialNumber", serial);
        map.put("namespaceId", namespace.id());
        map.put("sizeInBytes", namespace.sizeInBytes());
        map.put("blocks", namespace.blocks());
        map.put("blockSize", namespace.blockSize());
        map.put("metadataSize", namespace.metadataSize());
        return map;
    }
}
