// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.doctor;

import static io.nvme4j.cli.doctor.HealthyMachine.DRIVE;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.TransportId;
import io.nvme4j.cli.doctor.check.Finding;
import io.nvme4j.cli.doctor.check.Verdict;
import io.nvme4j.cli.doctor.situation.Commands;
import io.nvme4j.cli.doctor.situation.Goal;
import io.nvme4j.cli.doctor.situation.JavaRuntime;
import io.nvme4j.cli.doctor.situation.Situation;
import io.nvme4j.cli.doctor.situation.SpdkMemory;
import io.nvme4j.cli.doctor.situation.Transport;
import io.nvme4j.cli.machine.Machine;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;

/** What a finding means depends on what is wanted. */
class DiagnosisTest {
    @TempDir Path root;
    private HealthyMachine machine;

    @BeforeEach
    void makeMachine() {
        machine = new HealthyMachine(root);
    }

    private static Finding find(Diagnosis diagnosis, String id) {
        return diagnosis.findings().stream()
                .filter(finding -> finding.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new AssertionError(id + " is not in " + diagnosis));
    }

    @Test
    void theEmbeddedControllerNeedsNeitherSpdkNorHugepagesNorDrives() {
        machine.breakLibrary(Transport.PCIE, "built without SPDK");
        machine.remove("/sys/kernel/mm/hugepages")
                .remove("/sys/bus/pci")
                .remove("/sys/kernel/iommu_groups")
                .file("/proc/mounts");
        Diagnosis diagnosis = machine.examine();
        assertTrue(diagnosis.isWell());
        assertEquals(List.of(), diagnosis.obstacles().get(Transport.EMBEDDED));
        assertEquals(
                List.of("SPDK", "Hugepages", "hugetlbfs"),
                diagnosis.obstacles().get(Transport.TCP));
        assertEquals(Verdict.WARNING, find(diagnosis, "spdk").verdict());
        assertTrue(machine.examine("trtype:EMBEDDED").isWell());
        assertFalse(machine.examine("trtype:PCIE traddr:" + DRIVE).isWell());
    }

    @Test
    void aMachineThatShowsNothingAtAllIsNoFailure() {
        machine.remove("/proc").remove("/sys").remove("/dev");
        assertTrue(machine.examine().isWell());
    }

    @Test
    void withoutAnyLibraryNothingWorks() {
        machine.breakLibrary(Transport.EMBEDDED, "no library for this platform");
        Diagnosis diagnosis = machine.examine();
        assertFalse(diagnosis.isWell());
        assertTrue(find(diagnosis, "library").seen().contains("this platform"));
        assertEquals(List.of("Native library"), diagnosis.obstacles().get(Transport.EMBEDDED));
    }

    @Test
    void whatIsNotForTheNamedTransportDoesNotApply() {
        machine.memlock("65536");
        assertEquals(Verdict.ERROR, find(machine.examine(), "memlock").verdict());
        Diagnosis embedded = machine.examine("trtype:EMBEDDED");
        assertEquals(Verdict.NOT_APPLICABLE, find(embedded, "memlock").verdict());
    }

    @Test
    void drivesOfTheKernelAreNoErrorUnlessOneIsWanted() {
        machine.kernelDrive(DRIVE);
        assertTrue(machine.examine().isWell());
        assertEquals(Verdict.WARNING, find(machine.examine(), "drive.kernel").verdict());
        Diagnosis wanted = machine.examine("trtype:PCIE traddr:01:00.0");
        assertEquals(Verdict.ERROR, find(wanted, "drive.kernel").verdict());
        assertEquals(
                List.of("sudo hugepages-setup bind " + DRIVE),
                find(wanted, "drive.kernel").commands());
    }

    @Test
    void drivesThatTheKernelUsesAreLeftInPeaceUnlessOneIsWanted() {
        machine.kernelDrive(DRIVE).mounted("259:1", "/dev/nvme0n1p1", "/");
        Diagnosis diagnosis = machine.examine();
        assertEquals(Verdict.NOT_APPLICABLE, find(diagnosis, "drive.used").verdict());
        assertEquals(List.of("Drive " + DRIVE), diagnosis.obstacles().get(Transport.PCIE));
    }

    @Test
    void whatOnlyDrivesNeedIsNotAskedOfAMachineWhoseDriveIsTheKernels() {
        machine.kernelDrive(DRIVE).mounted("259:1", "/dev/nvme0n1p1", "/");
        machine.memlock("65536").remove("/sys/kernel/iommu_groups").remove("/dev/vfio");
        machine.remove("/sys/bus/pci/drivers/vfio-pci");
        for (Finding finding : machine.examine().findings()) {
            assertFalse(finding.verdict() == Verdict.WARNING, finding.toString());
        }
        Diagnosis wanted = machine.examine("trtype:PCIE traddr:" + DRIVE);
        assertEquals(
                List.of("Locked memory", "Drive " + DRIVE), wanted.obstacles().get(Transport.PCIE));
    }

    @Test
    void drivesOfTheKernelDoNotMatterBesideOneForPrograms() {
        machine.drive("0000:02:00.0", "nvme");
        Diagnosis diagnosis = machine.examine();
        assertTrue(diagnosis.isWell());
        assertEquals(Verdict.NOT_APPLICABLE, find(diagnosis, "drive.kernel").verdict());
        assertEquals(List.of(), diagnosis.obstacles().get(Transport.PCIE));
    }

    @Test
    void whatBindingADriveLoadsIsNotAskedForBefore() {
        machine.driver(DRIVE, "").remove("/sys/bus/pci/drivers/vfio-pci");
        Diagnosis diagnosis = machine.examine("trtype:PCIE traddr:" + DRIVE);
        assertEquals(Verdict.NOT_APPLICABLE, find(diagnosis, "vfio").verdict());
        assertEquals(List.of("Drive " + DRIVE), diagnosis.obstacles().get(Transport.PCIE));
    }

    @Test
    void anotherDriveIsNoneOfItsBusiness() {
        machine.drive("0000:02:00.0", "nvme");
        assertTrue(machine.examine("trtype:PCIE traddr:" + DRIVE).isWell());
        assertFalse(machine.examine("trtype:PCIE traddr:0000:02:00.0").isWell());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    trtype:PCIE                     | drive.address | lacks traddr
                    trtype:PCIE traddr:0000:09:00.0 | drive.absent  | no PCI device 0000:09:00.0
                    trtype:PCIE traddr:0000:03:00.0 | drive.absent  | no NVMe drive, but of PCI class 0x020000
                    """)
    void addressesThatAreNoDriveAreNamed(String id, String finding, String seen) {
        machine.file("/sys/bus/pci/devices/0000:03:00.0/class", "0x020000");
        Diagnosis diagnosis = machine.examine(id);
        assertTrue(find(diagnosis, finding).seen().contains(seen), "" + diagnosis);
        assertEquals(List.of("./nvme4j list"), find(diagnosis, finding).commands());
        assertFalse(diagnosis.isWell());
    }

    @Test
    void aMountedDriveIsNotToBeTaken() {
        machine.kernelDrive(DRIVE).mounted("259:1", "/dev/nvme0n1p1", "/data");
        Finding finding = find(machine.examine("trtype:PCIE traddr:" + DRIVE), "drive.used");
        assertTrue(finding.seen().contains("nvme0n1p1 is mounted at /data"), finding.seen());
        assertEquals(
                List.of("sudo umount /data", "sudo hugepages-setup bind " + DRIVE),
                finding.commands());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    md0  |               |        | mdadm --stop /dev/md0
                    dm-0 | LVM-abc       | vg-lv  | lvchange --activate n /dev/mapper/vg-lv
                    dm-0 | CRYPT-LUKS2-a | safe   | cryptsetup close safe
                    dm-0 | mpath-a       | mpatha | dmsetup remove mpatha
                    """)
    void whatStandsOnADriveIsTakenDownFromTheTop(
            String holder, String uuid, String name, String command) {
        machine.kernelDrive(DRIVE)
                .directory("/sys/class/block/nvme0n1p1/holders/" + holder)
                .file("/sys/class/block/" + holder + "/dev", "9:0")
                .mounted("9:0", "/dev/somewhere", "/the\\040data");
        if (name != null) {
            machine.file("/sys/class/block/" + holder + "/dm/name", name)
                    .file("/sys/class/block/" + holder + "/dm/uuid", uuid);
        }
        Finding finding = find(machine.examine("trtype:PCIE traddr:" + DRIVE), "drive.used");
        assertEquals(
                List.of(
                        "sudo umount '/the data'",
                        "sudo " + command,
                        "sudo hugepages-setup bind " + DRIVE),
                finding.commands());
    }

    @Test
    void whatElseUsesADriveIsEnded() {
        machine.kernelDrive(DRIVE)
                .file("/proc/swaps", "Filename Type Size Used", "/dev/nvme0n1p1 partition 9 0")
                .file("/sys/block/loop3/loop/backing_file", "/dev/nvme0n1")
                .file(
                        "/sys/kernel/config/nvmet/subsystems/nqn/namespaces/1/device_path",
                        "/dev/nvme0n1")
                .process(7, "dd")
                .link("/proc/7/fd/3", "/dev/nvme0n1");
        Finding finding = find(machine.examine("trtype:PCIE traddr:" + DRIVE), "drive.used");
        assertEquals(
                List.of(
                        "sudo swapoff /dev/nvme0n1p1",
                        "echo 0 | sudo tee"
                                + " /sys/kernel/config/nvmet/subsystems/nqn/namespaces/1/enable",
                        "sudo losetup --detach /dev/loop3",
                        "sudo kill 7",
                        "sudo hugepages-setup bind " + DRIVE),
                finding.commands());
    }

    @Test
    void aDriveWithTheRootFileSystemIsNotToBeTakenAtAll() {
        machine.kernelDrive(DRIVE).mounted("259:1", "/dev/nvme0n1p1", "/");
        Finding finding = find(machine.examine("trtype:PCIE traddr:" + DRIVE), "drive.used");
        assertEquals(List.of("choose another drive"), finding.commands());
    }

    @Test
    void namesAreNoAddressesOfTargets() {
        Finding finding = find(machine.examine("trtype:TCP traddr:localhost"), "target.address");
        assertEquals("localhost is no IP address", finding.seen());
        assertEquals(List.of("getent ahosts localhost"), finding.commands());
    }

    @Test
    void hugepagesThatAreMissingAreFoundToBeInPieces() {
        machine.pages(0, 0).nodePages(0, 0, 0).nodePages(1, 0, 0);
        machine.file("/proc/buddyinfo", HealthyMachine.buddies(0, 3));
        Finding finding = find(machine.examine(), "hugepages.fragmentation");
        assertTrue(finding.seen().startsWith("3 more of 2 MiB"), finding.seen());
        assertEquals(
                List.of(
                        "echo 1 | sudo tee /proc/sys/vm/compact_memory",
                        "sudo hugepages-setup reserve --count 128 --persist=cmdline"),
                finding.commands());
    }

    @Test
    void whoHoldsHugepagesIsNamed() {
        machine.pages(512, 1).process(77, "nvmf_tgt", "HugetlbPages:\t 1046528 kB");
        Finding finding = find(machine.examine(), "hugepages.free");
        assertTrue(finding.seen().contains("nvmf_tgt (process 77) has 1022 MiB"), finding.seen());
    }

    @Test
    void filesOfProcessesThatRunAreNotLeftBehind() {
        machine.file("/dev/hugepages/spdk_pid77map_0")
                .process(77, "nvmf_tgt", "HugetlbPages:\t 2048 kB")
                .file(
                        "/proc/77/maps",
                        "200000000000-200000200000 rw-s 0 00:0f 7 /dev/hugepages/spdk_pid77map_0");
        assertTrue(
                machine.examine().findings().stream()
                        .noneMatch(finding -> finding.id().equals("hugepages.left")));
        machine.remove("/proc/77/maps"); // another user's: it may have the file
        assertTrue(
                machine.examine().findings().stream()
                        .noneMatch(finding -> finding.id().equals("hugepages.left")));
    }

    @Test
    void rootIsSpared() {
        machine.user(0, "0-1", "0-3").memlock("65536");
        assertEquals(Verdict.OK, find(machine.examine(), "memlock").verdict());
        machine.driver(DRIVE, "uio_pci_generic");
        assertEquals(Verdict.WARNING, find(machine.examine(), "drive.driver").verdict());
    }

    @Test
    void targetsOverTcpAreKnockedAt() throws IOException {
        String id;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            id = "trtype:TCP traddr:127.0.0.1 trsvcid:" + socket.getLocalPort();
            assertTrue(machine.examine(id).isWell());
        }
        Finding finding = find(machine.examine(id), "target.tcp");
        assertEquals(Verdict.ERROR, finding.verdict());
        assertTrue(finding.seen().contains("refused"), finding.seen());
    }

    @Test
    void vfioUserTargetsHaveASocket() {
        String id = "trtype:VFIOUSER traddr:/run/vfu";
        Finding absent = find(machine.examine(id), "target.vfio-user");
        assertTrue(absent.commands().getFirst().contains("-t VFIOUSER -a /run/vfu"));
        machine.file("/run/vfu/cntrl");
        assertTrue(machine.examine(id).isWell());
        machine.refuse("/run/vfu/cntrl");
        assertEquals(
                List.of("sudo chown ann /run/vfu/cntrl"),
                find(machine.examine(id), "target.rights").commands());
    }

    @Test
    void rdmaWantsADevice() {
        machine.remove("/sys/class/infiniband");
        assertTrue(machine.examine().isWell());
        assertFalse(machine.examine("trtype:RDMA traddr:10.0.0.1").isWell());
    }

    @Test
    void goalsThatAreNoTransportAreRefused() {
        for (String id : List.of("", "traddr:memory", "trtype:FLOPPY")) {
            assertThrows(IllegalArgumentException.class, () -> Goal.of(new TransportId(id)));
        }
    }

    @Test
    void thisMachineIsExamined() {
        Machine local = Machine.local();
        Situation situation =
                new Situation(
                        local,
                        JavaRuntime.current(),
                        machine.natives,
                        Goal.of(new TransportId("trtype:EMBEDDED")),
                        Commands.local(true, ""),
                        "ann",
                        SpdkMemory.USUAL);
        assertTrue(Doctor.examine(situation).isWell());
    }
}
