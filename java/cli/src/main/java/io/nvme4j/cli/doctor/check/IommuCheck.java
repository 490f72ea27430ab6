// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.doctor.check;

import io.nvme4j.cli.doctor.situation.Situation;
import io.nvme4j.cli.doctor.situation.Transport;
import io.nvme4j.cli.machine.Iommu;
import io.nvme4j.cli.machine.NvmeDrive;
import io.nvme4j.cli.machine.PciBus;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whether there is an IOMMU, what its addresses reach, and whether drives have groups of their own.
 */
public final class IommuCheck implements Check {
    private static final String SUBJECT = "IOMMU";
    private static final Set<Transport> PCIE = Set.of(Transport.PCIE);

    /** Bits of the addresses that SPDK has its memory at. */
    private static final int WIDTH = 48;

    private static final String BRIDGE = "0x0604";

    @Override
    public List<Finding> look(Situation situation) {
        Iommu iommu = new Iommu(situation.machine());
        List<NvmeDrive> drives = situation.drives();
        if (drives.isEmpty()) {
            return List.of(Finding.notApplicable("iommu", SUBJECT, "no drive that would need it"));
        } else if (iommu.groups() == 0) {
            return List.of(absent(situation, iommu, drives));
        }
        List<Finding> findings = new ArrayList<>();
        narrow(situation, iommu).ifPresent(findings::add);
        for (NvmeDrive drive : drives) {
            shared(situation, iommu, drive).ifPresent(findings::add);
        }
        if (findings.isEmpty()) {
            String width =
                    iommu.addressWidth().isPresent()
                            ? ", addresses of " + iommu.addressWidth().getAsInt() + " bits"
                            : "";
            findings.add(Finding.ok("iommu", SUBJECT, iommu.groups() + " groups" + width));
        }
        return findings;
    }

    private static Finding absent(Situation situation, Iommu iommu, List<NvmeDrive> drives) {
        boolean needed = drives.stream().anyMatch(NvmeDrive::usesVfio) && !iommu.isNotDemanded();
        String seen = "none, or off";
        Finding finding =
                needed
                        ? Finding.error("iommu", SUBJECT, seen).means("vfio-pci works by it")
                        : Finding.warning("iommu", SUBJECT, seen)
                                .means("drives that programs have can reach all memory then");
        return finding.mendedBy(switchOn(situation)).on(PCIE);
    }

    private static String switchOn(Situation situation) {
        boolean amd = isVendor(situation, "AuthenticAMD");
        String option = amd ? "iommu=on" : "intel_iommu=on";
        boolean asked = situation.machine().text("/proc/cmdline").orElse("").contains("iommu=on");
        String firmware = amd ? "AMD-Vi (IOMMU)" : "VT-d";
        return asked
                ? "switch " + firmware + " on in the firmware's set-up"
                : "add %s to GRUB_CMDLINE_LINUX in /etc/default/grub, run %s, and reboot (%s is on in the firmware)"
                        .formatted(option, situation.commands().asRoot("update-grub"), firmware);
    }

    private static boolean isVendor(Situation situation, String vendor) {
        return situation.machine().text("/proc/cpuinfo").orElse("").contains(vendor);
    }

    /** SPDK gives drives the addresses that memory has in this process, where it can. */
    private static Optional<Finding> narrow(Situation situation, Iommu iommu) {
        int width = iommu.addressWidth().orElse(WIDTH);
        if (width >= WIDTH) {
            return Optional.empty();
        }
        String seen =
                "addresses of %d bits; this process's take up to %d"
                        .formatted(width, situation.self().addressBits());
        boolean physical =
                isVendor(situation, "GenuineIntel") && situation.self().seesPhysicalAddresses();
        Finding finding =
                physical
                        ? Finding.warning("iommu.width", SUBJECT, seen)
                                .means("SPDK uses physical addresses instead, which root only can")
                        : Finding.error("iommu.width", SUBJECT, seen)
                                .means("SPDK gives drives addresses of " + WIDTH + " bits");
        return Optional.of(
                finding.mendedBy(
                                "in a virtual machine, let its IOMMU have "
                                        + WIDTH
                                        + " bits (QEMU: -device intel-iommu,aw-bits=48)",
                                "on hardware, run as root, which can use physical addresses")
                        .on(PCIE));
    }

    private static Optional<Finding> shared(Situation situation, Iommu iommu, NvmeDrive drive) {
        if (drive.iommuGroup().isEmpty()) {
            return Optional.empty();
        }
        PciBus bus = new PciBus(situation.machine());
        List<String> others =
                iommu.devices(drive.iommuGroup()).stream()
                        .filter(other -> !other.equals(drive.address()))
                        .filter(other -> isInTheWay(bus, other))
                        .toList();
        if (others.isEmpty()) {
            return Optional.empty();
        }
        String[] commands =
                others.stream()
                        .map(
                                other ->
                                        bus.isNvme(other)
                                                ? situation.commands().setup("bind " + other)
                                                : situation
                                                        .commands()
                                                        .write(
                                                                other,
                                                                "/sys/bus/pci/devices/"
                                                                        + other
                                                                        + "/driver/unbind"))
                        .toArray(String[]::new);
        String seen =
                "group %s has, beside drive %s, %s"
                        .formatted(
                                drive.iommuGroup(), drive.address(), String.join(" and ", others));
        Finding finding =
                drive.usesVfio()
                        ? Finding.error("iommu.group", SUBJECT, seen)
                        : Finding.warning("iommu.group", SUBJECT, seen);
        return Optional.of(
                finding.means("vfio-pci gives a group to programs only as a whole")
                        .mendedBy(commands)
                        .on(PCIE));
    }

    /** Devices of a group without a driver do no harm, and bridges are the kernel's in any case. */
    private static boolean isInTheWay(PciBus bus, String address) {
        String driver = bus.driver(address);
        return !driver.isEmpty()
                && !driver.equals("vfio-pci")
                && !bus.pciClass(address).startsWith(BRIDGE);
    }
}
