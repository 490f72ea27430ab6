// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.look;

import static java.util.stream.Collectors.joining;

import io.nvme4j.TransportId;
import io.nvme4j.cli.doctor.Diagnosis;
import io.nvme4j.cli.doctor.Doctor;
import io.nvme4j.cli.doctor.Situations;
import io.nvme4j.cli.doctor.check.Finding;
import io.nvme4j.cli.doctor.check.Verdict;
import io.nvme4j.cli.doctor.situation.Commands;
import io.nvme4j.cli.doctor.situation.Goal;
import io.nvme4j.cli.doctor.situation.Situation;
import io.nvme4j.cli.doctor.situation.Transport;
import io.nvme4j.cli.machine.DriveUse;
import io.nvme4j.cli.machine.DriveUsers;
import io.nvme4j.cli.machine.Machine;
import io.nvme4j.cli.machine.NvmeDrive;
import io.nvme4j.cli.machine.PciBus;
import io.nvme4j.cli.text.TextTable;
import io.nvme4j.error.NvmeException;

import org.jspecify.annotations.Nullable;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The drives of a machine, and the transports of this build. */
final class DriveTable implements ListCommand.Listing {
    private static final String AVAILABLE = "available";

    private final List<Row> rows;
    private final Commands commands;

    /** What the transports of SPDK are: "available", or why not. */
    private final String spdk;

    /**
     * @param uses of the drive, by the kernel and by programs
     * @param obstacles what doctor says to keep nvme4j from attaching
     */
    private record Row(NvmeDrive drive, List<DriveUse> uses, List<Finding> obstacles) {
        boolean isReady() {
            return obstacles.isEmpty();
        }

        String state() {
            return isReady()
                    ? "can attach"
                    : "no: "
                            + obstacles.stream()
                                    .map(this::reason)
                                    .distinct()
                                    .collect(joining(", "));
        }

        private String reason(Finding finding) {
            return switch (finding.id()) {
                case "drive.used", "drive.taken" -> "in use";
                case "drive.kernel", "drive.driver" ->
                        drive.driver().isEmpty() ? "no driver" : "driver " + drive.driver();
                default -> finding.subject();
            };
        }
    }

    private DriveTable(List<Row> rows, Situation situation) {
        this.rows = rows;
        this.commands = situation.commands();
        this.spdk = lookForSpdk(situation);
    }

    private static String lookForSpdk(Situation situation) {
        try {
            situation.natives().load(Transport.TCP);
            return AVAILABLE;
        } catch (NvmeException | LinkageError e) {
            return "not available: " + e.getMessage();
        }
    }

    static DriveTable ofMachine() {
        Machine machine = Machine.local();
        List<NvmeDrive> drives = new PciBus(machine).nvmeDrives();
        return of(Situations.here(machine, Goal.ofMachine(drives)), drives);
    }

    /** The drives of the machine of a situation. */
    static DriveTable of(Situation situation, List<NvmeDrive> drives) {
        DriveUsers users = new DriveUsers(situation.machine());
        return new DriveTable(
                drives.stream()
                        .map(drive -> new Row(drive, users.of(drive), obstacles(situation, drive)))
                        .toList(),
                situation);
    }

    private static List<Finding> obstacles(Situation situation, NvmeDrive drive) {
        Goal goal = Goal.of(new TransportId(drive.transportId()));
        Diagnosis diagnosis = Doctor.examine(situation.with(goal));
        return diagnosis.findings().stream()
                .filter(finding -> finding.verdict() == Verdict.ERROR)
                .toList();
    }

    @Override
    public void print(PrintWriter out) {
        TextTable table =
                new TextTable(
                        "Transport id", "Model", "Driver", "Kernel", "Node", "Group", "nvme4j");
        table.add(
                TransportId.EMBEDDED,
                "built-in software controller",
                "-",
                "-",
                "-",
                "-",
                "can attach");
        for (Row row : rows) {
            table.add(
                    row.drive.transportId(),
                    TextTable.dash(row.drive.model()),
                    TextTable.dash(row.drive.driver()),
                    TextTable.dash(row.drive.kernelName()),
                    TextTable.dash(node(row.drive)),
                    TextTable.dash(row.drive.iommuGroup()),
                    row.state());
        }
        out.println("Controllers of this machine");
        table.print(out);
        if (rows.isEmpty()) {
            out.println("  (no NVMe drive on the PCI bus)");
        }
        printUses(out);
        out.println();
        printTransports(out);
    }

    private static String node(NvmeDrive drive) {
        return drive.numaNode().isPresent() ? "" + drive.numaNode().getAsInt() : "";
    }

    private void printUses(PrintWriter out) {
        if (rows.stream().anyMatch(row -> !row.uses.isEmpty())) {
            out.println();
            out.println("Used by");
        }
        for (Row row : rows) {
            for (DriveUse use : row.uses) {
                out.println("  " + row.drive.address() + "  " + use.text());
            }
        }
        rows.stream()
                .filter(row -> !row.isReady())
                .findFirst()
                .ifPresent(
                        row ->
                                out.printf(
                                        "%nWhat mends it: %s%n",
                                        commands.nvme4j(
                                                "doctor -r '" + row.drive.transportId() + "'")));
    }

    private void printTransports(PrintWriter out) {
        out.println("Transports");
        out.println("  EMBEDDED                   " + AVAILABLE);
        out.println(
                "  PCIE, TCP, RDMA, VFIOUSER  "
                        + spdk
                        + (spdk.equals(AVAILABLE) ? ", by SPDK" : ""));
    }

    @Override
    public void put(Map<String, Object> document) {
        document.put("devices", rows.stream().map(DriveTable::toMap).toList());
        Map<String, Object> transports = new LinkedHashMap<>();
        for (Transport transport : Transport.values()) {
            transports.put(transport.name(), transport == Transport.EMBEDDED ? AVAILABLE : spdk);
        }
        document.put("transports", transports);
    }

    private static Map<String, @Nullable Object> toMap(Row row) {
        NvmeDrive drive = row.drive;
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("transportId", drive.transportId());
        map.put("pciId", drive.id());
        map.put("driver", drive.driver());
        map.put("kernelName", drive.kernelName());
        map.put("namespaces", drive.namespaces());
        map.put("modelNumber", drive.model());
        map.put("numaNode", drive.numaNode().isPresent() ? drive.numaNode().getAsInt() : null);
        map.put("iommuGroup", drive.iommuGroup());
        map.put("uses", row.uses.stream().map(DriveUse::text).toList());
        map.put("attachable", row.isReady());
        map.put("obstacles", row.obstacles.stream().map(Finding::seen).toList());
        map.put("commands", row.obstacles.stream().flatMap(f -> f.commands().stream()).toList());
        return map;
    }
}
