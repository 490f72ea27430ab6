// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.look;

import static io.nvme4j.cli.doctor.HealthyMachine.DRIVE;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.TransportId;
import io.nvme4j.cli.Cli;
import io.nvme4j.cli.doctor.Diagnosis;
import io.nvme4j.cli.doctor.DoctorReport;
import io.nvme4j.cli.doctor.HealthyMachine;
import io.nvme4j.cli.doctor.situation.Goal;
import io.nvme4j.cli.doctor.situation.Transport;
import io.nvme4j.cli.machine.PciBus;
import io.nvme4j.cli.text.Json;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What doctor and list print of machines with drives. */
class MadeUpMachineTest {
    private static final String OTHER = "0000:02:00.0";

    @TempDir Path root;
    private HealthyMachine machine;

    @BeforeEach
    void makeMachine() {
        machine = new HealthyMachine(root);
    }

    private static Goal goal(String id) {
        return id.isEmpty()
                ? new Goal(Optional.empty(), Set.of(Transport.EMBEDDED, Transport.PCIE))
                : Goal.of(new TransportId(id));
    }

    private String report(String id, Ansi ansi) {
        Diagnosis diagnosis = id.isEmpty() ? machine.examine() : machine.examine(id);
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        new DoctorReport(goal(id), diagnosis).print(out, Help.defaultColorScheme(ansi));
        out.flush();
        return text.toString();
    }

    private DriveTable drives() {
        return DriveTable.of(
                machine.situation(goal("")), new PciBus(machine.machine()).nvmeDrives());
    }

    private String list() {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        drives().print(out);
        out.flush();
        return text.toString();
    }

    private Map<String, Object> listDocument() {
        Map<String, Object> document = new LinkedHashMap<>();
        drives().put(document);
        return Cli.json(Json.text(document));
    }

    @Test
    void reportsOfHealthyMachinesHaveALineForEachFinding() {
        String out = report("", Ansi.OFF);
        assertFalse(out.contains("warning"), out);
        assertFalse(out.contains("  error "), out);
        assertTrue(out.contains("  ok       Drive 0000:01:00.0  vfio-pci has it"), out);
        assertTrue(out.contains("  PCIE     can be used"), out);
        assertTrue(out.contains("nvme4j: no errors"), out);
    }

    @Test
    void reportsOfOthersSayWhatItMeansAndWhatMendsIt() {
        machine.memlock("65536");
        List<String> lines = report("trtype:PCIE traddr:" + DRIVE, Ansi.OFF).lines().toList();
        int line = lines.indexOf("  error    Locked memory       at most 64 KiB");
        assertTrue(line > 0, lines.toString());
        assertTrue(lines.get(line + 1).endsWith("VFIO locks what a drive may reach, 256 MiB"));
        assertTrue(lines.get(line + 2).endsWith(" > sudo hugepages-setup allow ann"));
        assertEquals("trtype:PCIE traddr:" + DRIVE + ": 1 error", lines.getLast());
    }

    @Test
    void coloursAreForTerminals() {
        assertTrue(report("", Ansi.ON).contains("\u001b["));
        assertFalse(report("", Ansi.OFF).contains("\u001b["));
    }

    @Test
    void warningsThatDoNotTouchTheEmbeddedControllerSaySo() {
        machine.driver(DRIVE, "");
        machine.breakLibrary(Transport.PCIE, "built without SPDK");
        String out = report("trtype:EMBEDDED", Ansi.OFF);
        assertTrue(out.contains("n/a      SPDK                built without SPDK"), out);
        assertTrue(report("", Ansi.OFF).contains("(not for EMBEDDED)"));
    }

    @Test
    void listSaysOfEachDriveWhoHasItAndWhetherItCanBeAttachedTo() {
        machine.drive(OTHER, "nvme").kernelDrive(OTHER);
        machine.mounted("259:1", "/dev/nvme0n1p1", "/data");
        String out = list();
        assertTrue(out.matches("(?s).*" + DRIVE + " +- +vfio-pci +- +0 +1 +can attach.*"), out);
        String other = ".*" + OTHER + " +A Drive +nvme +nvme0 +0 +2 +no: in use.*";
        assertTrue(out.matches("(?s)" + other), out);
        assertTrue(out.contains(OTHER + "  nvme0n1p1 is mounted at /data"), out);
        assertTrue(out.contains("nvme4j doctor -r 'trtype:PCIE traddr:" + OTHER + "'"), out);
        Map<String, Object> document = listDocument();
        assertEquals(true, Cli.at(document, "devices.0.attachable"));
        assertEquals("1", Cli.at(document, "devices.0.iommuGroup"));
        assertEquals(false, Cli.at(document, "devices.1.attachable"));
        assertEquals(0.0, Cli.numberAt(document, "devices.1.numaNode"));
        assertEquals("nvme0n1p1 is mounted at /data", Cli.at(document, "devices.1.uses.0"));
        assertEquals("sudo umount /data", Cli.at(document, "devices.1.commands.0"));
    }

    @Test
    void listNamesWhatElseIsInTheWay() {
        machine.pages(0, 0);
        assertTrue(list().contains("no: Hugepages"), list());
        machine.pages(512, 512).driver(DRIVE, "");
        assertTrue(list().contains("no: no driver"), list());
        machine.driver(DRIVE, "nvme");
        assertTrue(list().contains("no: driver nvme"), list());
    }

    @Test
    void listSaysWhyTransportsCanNotBeHad() {
        assertTrue(list().contains("PCIE, TCP, RDMA, VFIOUSER  available, by SPDK"), list());
        machine.breakLibrary(Transport.PCIE, "built without SPDK");
        assertTrue(list().contains("VFIOUSER  not available: built without SPDK"), list());
        assertEquals(
                "not available: built without SPDK", Cli.at(listDocument(), "transports.RDMA"));
        assertEquals("available", Cli.at(listDocument(), "transports.EMBEDDED"));
    }
}
