// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.doctor;

import static io.nvme4j.cli.doctor.HealthyMachine.DRIVE;
import static io.nvme4j.cli.doctor.HealthyMachine.PROCESSORS;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.cli.doctor.check.Finding;
import io.nvme4j.cli.doctor.check.Verdict;
import io.nvme4j.cli.doctor.situation.JavaRuntime;
import io.nvme4j.cli.doctor.situation.Transport;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A healthy machine is broken in one way at a time; doctor names that, what mends it, no more. */
class PlantedFaultsTest {
    private static final String DEVICES = "/sys/bus/pci/devices/";
    private static final String ALLOW = "sudo hugepages-setup allow ann";

    @TempDir Path root;

    /**
     * @param verdict how bad it is where nothing is named, and a drive is ready for programs
     * @param finding the one that tells of it
     * @param command that is to be offered
     */
    record Fault(
            String name,
            Consumer<HealthyMachine> plant,
            Verdict verdict,
            String finding,
            String command) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Fault error(
            String name, String finding, String command, Consumer<HealthyMachine> plant) {
        return new Fault(name, plant, Verdict.ERROR, finding, command);
    }

    private static Fault warning(
            String name, String finding, String command, Consumer<HealthyMachine> plant) {
        return new Fault(name, plant, Verdict.WARNING, finding, command);
    }

    static List<Fault> faults() {
        return Stream.of(ofPrograms(), ofMemory(), ofDrives(), ofLimits())
                .flatMap(List::stream)
                .toList();
    }

    private static List<Fault> ofPrograms() {
        return List.of(
                error(
                        "an old JDK",
                        "java.version",
                        "NVME4J_JAVA_HOME=<directory of JDK 25> ./nvme4j doctor",
                        m -> m.java = new JavaRuntime(24, "24", "/jdk", true, List.of())),
                warning(
                        "no native access",
                        "java.native-access",
                        "java --enable-native-access=ALL-UNNAMED ...",
                        m -> m.java = new JavaRuntime(25, "25", "/jdk", false, List.of())),
                warning(
                        "the interpreter",
                        "java.flags",
                        "take -Xint out of NVME4J_JAVA_OPTS and JAVA_TOOL_OPTIONS",
                        m -> m.java = new JavaRuntime(25, "25", "/jdk", true, List.of("-Xint"))),
                error(
                        "another build's SPDK library",
                        "spdk",
                        "SPDK_DIR=<prefix that SPDK is installed in> ./nvme4j doctor",
                        m -> m.breakLibrary(Transport.PCIE, "it is of ABI version 1")),
                error(
                        "a DPDK that SPDK refuses",
                        "spdk.dpdk",
                        "build SPDK with the DPDK that comes with it (./configure without"
                                + " --with-dpdk)",
                        m -> m.natives = transport -> "SPDK v26.05 with DPDK 22.11.11"));
    }

    private static List<Fault> ofMemory() {
        return List.of(
                error(
                        "a kernel without hugepages",
                        "hugepages.kernel",
                        "use a kernel with CONFIG_HUGETLBFS",
                        m -> m.remove("/sys/kernel/mm/hugepages")),
                error(
                        "no hugepages",
                        "hugepages.free",
                        "sudo hugepages-setup reserve --count 128",
                        m -> m.pages(0, 0).nodePages(0, 0, 0).nodePages(1, 0, 0)),
                error(
                        "hugepages that another process has",
                        "hugepages.free",
                        "sudo hugepages-setup reserve --count 639",
                        m -> m.pages(512, 1).process(77, "nvmf_tgt", "HugetlbPages:\t 1046528 kB")),
                error(
                        "hugepages where no processor is",
                        "hugepages.free",
                        "sudo hugepages-setup reserve --count 128 --node 0",
                        m ->
                                m.pages(256, 256)
                                        .nodePages(0, 0, 0)
                                        .file("/sys/devices/system/node/node1/cpulist", "")
                                        .file(DEVICES + DRIVE + "/numa_node", "1")),
                warning(
                        "fewer hugepages than usual",
                        "hugepages.free",
                        "sudo hugepages-setup reserve --count 576",
                        m -> m.pages(512, 64)),
                warning(
                        "files left by a process that was killed",
                        "hugepages.left",
                        "sudo rm /dev/hugepages/spdk_pid9map_0",
                        m -> m.file("/dev/hugepages/spdk_pid9map_0")),
                warning(
                        "many files left by a process that was killed",
                        "hugepages.left",
                        "sudo rm /dev/hugepages/spdk_pid9map_* '/dev/hugepages/two words'",
                        m ->
                                m.file("/dev/hugepages/spdk_pid9map_0")
                                        .file("/dev/hugepages/spdk_pid9map_17")
                                        .file("/dev/hugepages/two words")),
                warning(
                        "no hugepages near the drive",
                        "numa.drive",
                        "sudo hugepages-setup reserve --count 128 --node 0",
                        m -> m.nodePages(0, 0, 0)),
                error(
                        "a cpuset that leaves out the node with hugepages",
                        "numa.cpuset",
                        "sudo hugepages-setup reserve --count 384 --node 1",
                        m -> m.nodePages(1, 256, 0).user(1000, "1", "0-3")),
                error(
                        "no hugetlbfs",
                        "hugetlbfs.mount",
                        "sudo hugepages-setup mount",
                        m -> m.file("/proc/mounts", "proc /proc proc rw 0 0")),
                error(
                        "a hugetlbfs for other pages",
                        "hugetlbfs.pagesize",
                        "sudo hugepages-setup mount --size 2M",
                        m ->
                                m.file(
                                        "/proc/mounts",
                                        "nodev /dev/hugepages hugetlbfs rw,pagesize=1024M 0 0")),
                error(
                        "a hugetlbfs of root's alone",
                        "hugetlbfs.rights",
                        ALLOW,
                        m -> m.refuse("/dev/hugepages")),
                error(
                        "a hugetlbfs of root's alone before one of the user's",
                        "hugetlbfs.rights",
                        ALLOW,
                        m ->
                                m.refuse("/dev/hugepages")
                                        .directory("/mnt/huge")
                                        .file(
                                                "/proc/mounts",
                                                "nodev /dev/hugepages hugetlbfs rw,pagesize=2M 0 0",
                                                "nodev /mnt/huge hugetlbfs rw,pagesize=2M 0 0")),
                error(
                        "a read-only hugetlbfs",
                        "hugetlbfs.read-only",
                        "sudo mount -o remount,rw /dev/hugepages",
                        m ->
                                m.file(
                                        "/proc/mounts",
                                        "nodev /dev/hugepages hugetlbfs ro,pagesize=2M 0 0")),
                error(
                        "a small hugetlbfs",
                        "hugetlbfs.size",
                        "sudo mount -o remount,size=256M /dev/hugepages",
                        m ->
                                m.file(
                                        "/proc/mounts",
                                        "nodev /dev/hugepages hugetlbfs rw,pagesize=2M,size=16M 0"
                                                + " 0")),
                error("little memory to be locked", "memlock", ALLOW, m -> m.memlock("8388608")));
    }

    private static List<Fault> ofDrives() {
        return List.of(
                error(
                        "no IOMMU",
                        "iommu",
                        "switch VT-d on in the firmware's set-up",
                        m -> m.remove("/sys/kernel/iommu_groups")),
                error(
                        "an IOMMU that the kernel leaves off",
                        "iommu",
                        "add intel_iommu=on to GRUB_CMDLINE_LINUX in /etc/default/grub, run sudo"
                                + " update-grub, and reboot (VT-d is on in the firmware)",
                        m ->
                                m.remove("/sys/kernel/iommu_groups")
                                        .file("/proc/cmdline", "root=/dev/sda1")),
                error(
                        "an IOMMU of few address bits",
                        "iommu.width",
                        "in a virtual machine, let its IOMMU have 48 bits (QEMU: -device"
                                + " intel-iommu,aw-bits=48)",
                        m -> m.file("/sys/class/iommu/dmar0/intel-iommu/cap", "d2008c22260686")),
                error(
                        "an IOMMU group with another drive of the kernel's",
                        "iommu.group",
                        "sudo hugepages-setup bind 0000:02:00.0",
                        m ->
                                m.drive("0000:02:00.0", "nvme")
                                        .directory(
                                                "/sys/kernel/iommu_groups/1/devices/0000:02:00.0")),
                error(
                        "an IOMMU group with a network card",
                        "iommu.group",
                        "echo 0000:03:00.0 | sudo tee"
                                + " /sys/bus/pci/devices/0000:03:00.0/driver/unbind",
                        m ->
                                m.file(DEVICES + "0000:03:00.0/class", "0x020000")
                                        .driver("0000:03:00.0", "e1000e")
                                        .directory(
                                                "/sys/kernel/iommu_groups/1/devices/0000:03:00.0")),
                error(
                        "no module vfio_iommu_type1",
                        "vfio.module",
                        "sudo modprobe vfio_iommu_type1",
                        m -> m.remove("/sys/module/vfio_iommu_type1")),
                error(
                        "no module vfio-pci",
                        "vfio.module",
                        "sudo modprobe vfio-pci",
                        m -> m.remove("/sys/bus/pci/drivers/vfio-pci")),
                error(
                        "a container without /dev/vfio",
                        "vfio.device",
                        "give the container /dev/vfio (docker run --device /dev/vfio ...)",
                        m -> m.remove("/dev/vfio").file("/.dockerenv")),
                error(
                        "a VFIO group of root's alone",
                        "vfio.rights",
                        ALLOW,
                        m -> m.refuse("/dev/vfio/1")),
                error(
                        "a drive that another program has",
                        "drive.taken",
                        "sudo kill 77",
                        m ->
                                m.process(77, "nvmf_tgt", "Name: nvmf_tgt")
                                        .link("/proc/77/fd/9", "/dev/vfio/1")),
                error(
                        "a file that another user's program left of the drive",
                        "drive.locked",
                        "sudo rm /var/tmp/spdk_pci_lock_" + DRIVE,
                        m ->
                                m.file("/var/tmp/spdk_pci_lock_" + DRIVE)
                                        .refuse("/var/tmp/spdk_pci_lock_" + DRIVE)),
                error(
                        "uio without root",
                        "drive.driver",
                        "sudo hugepages-setup bind --driver vfio-pci " + DRIVE,
                        m -> m.driver(DRIVE, "uio_pci_generic")));
    }

    private static List<Fault> ofLimits() {
        return List.of(
                error(
                        "a limit of the control group on hugepages",
                        "cgroup.hugetlb",
                        "echo 268435456 | sudo tee" + " /sys/fs/cgroup/user.slice/hugetlb.2MB.max",
                        m -> m.file("/sys/fs/cgroup/user.slice/hugetlb.2MB.max", "0")),
                error(
                        "a control group that has used up its hugepages",
                        "cgroup.hugetlb",
                        "echo 335544320 | sudo tee /sys/fs/cgroup/user.slice/hugetlb.2MB.max",
                        m ->
                                m.file("/sys/fs/cgroup/user.slice/hugetlb.2MB.max", "67108864")
                                        .file(
                                                "/sys/fs/cgroup/user.slice/hugetlb.2MB.current",
                                                "67108864")),
                warning(
                        "a limit of the control group on memory",
                        "cgroup.memory",
                        "docker run --memory=1g ...",
                        m -> m.file("/sys/fs/cgroup/user.slice/memory.max", "134217728")),
                warning(
                        "a governor that saves power",
                        "cpu.governor",
                        "echo performance | sudo tee"
                                + " /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor",
                        m -> m.governor(2, "powersave")),
                warning(
                        "one processor",
                        "cpu.count",
                        "taskset --cpu-list 0-1 ./nvme4j ... (docker run --cpuset-cpus=0-1)",
                        m -> m.user(1000, "0-1", "3")),
                warning(
                        "a machine of one processor",
                        "cpu.count",
                        "give the virtual machine another processor",
                        m -> m.user(1000, "0-1", "0").file(PROCESSORS + "online", "0")),
                warning(
                        "isolated processors that tick",
                        "cpu.isolation",
                        "add nohz_full=2-3 rcu_nocbs=2-3 to GRUB_CMDLINE_LINUX in"
                                + " /etc/default/grub, run sudo update-grub, and reboot",
                        m -> m.file(PROCESSORS + "nohz_full", "")));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void isFoundAndTheRightCommandNamed(Fault fault) {
        HealthyMachine machine = new HealthyMachine(root);
        fault.plant.accept(machine);
        Diagnosis diagnosis = machine.examine();
        List<Finding> bad = diagnosis.findings().stream().filter(PlantedFaultsTest::isBad).toList();
        assertEquals(1, bad.stream().filter(f -> f.id().equals(fault.finding)).count(), "" + bad);
        Finding finding =
                bad.stream().filter(f -> f.id().equals(fault.finding)).findFirst().orElseThrow();
        assertTrue(finding.commands().contains(fault.command), "" + finding.commands());
        assertEquals(fault.verdict, finding.verdict(), "" + finding);
        assertEquals(fault.verdict != Verdict.ERROR, diagnosis.isWell());
        assertEquals(1, bad.size(), "others: " + bad);
    }

    private static boolean isBad(Finding finding) {
        return finding.verdict() == Verdict.ERROR || finding.verdict() == Verdict.WARNING;
    }

    @Test
    void aHealthyMachineIsGreen() {
        Diagnosis diagnosis = new HealthyMachine(root).examine();
        for (Finding finding : diagnosis.findings()) {
            assertEquals(Verdict.OK, finding.verdict(), finding.toString());
        }
        diagnosis.obstacles().values().forEach(each -> assertEquals(List.of(), each));
    }
}
