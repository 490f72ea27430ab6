// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.doctor;

import io.nvme4j.cli.machine.DriveUsers;
import io.nvme4j.cli.machine.NvmeDrive;
import io.nvme4j.cli.machine.PciBus;

import java.util.List;
import java.util.Set;

/** Which driver each drive has, and who uses it. */
final class DrivesCheck implements Check {
    private static final Set<Transport> PCIE = Set.of(Transport.PCIE);
    private static final String LIST = "./nvme4j list";

    @Override
    public List<Finding> look(Situation situation) {
        List<NvmeDrive> drives = situation.candidates();
        boolean named = situation.goal().names(Transport.PCIE);
        if (named && situation.goal().pciAddress().isEmpty()) {
            return List.of(withoutAddress());
        } else if (named && drives.isEmpty()) {
            return List.of(absent(situation));
        } else if (drives.isEmpty()) {
            return List.of(
                    Finding.notApplicable("drives", "NVMe drives", "none on the PCI bus").on(PCIE));
        }
        boolean needed = named || drives.stream().noneMatch(NvmeDrive::isForUserSpace);
        DriveUsers users = new DriveUsers(situation.machine());
        return drives.stream()
                .map(drive -> look(situation, users, drive))
                .map(finding -> named ? finding : unlessOfKernel(finding, needed))
                .toList();
    }

    /** A drive that nobody named may well stay the kernel's. */
    private static Finding unlessOfKernel(Finding finding, boolean needed) {
        boolean used = finding.id().equals("drive.used");
        if (!used && (needed || !finding.id().equals("drive.kernel"))) {
            return finding;
        }
        return finding.as(Verdict.NOT_APPLICABLE).on(needed ? PCIE : Set.of());
    }

    private static Finding withoutAddress() {
        return Finding.error("drive.address", "NVMe drives", "the transport id lacks traddr")
                .means("it is the drive's PCI address, as in traddr:0000:01:00.0")
                .mendedBy(LIST)
                .on(PCIE);
    }

    private static Finding absent(Situation situation) {
        String address = situation.goal().pciAddress().orElseThrow();
        PciBus bus = new PciBus(situation.machine());
        String seen =
                bus.exists(address)
                        ? address + " is no NVMe drive, but of PCI class " + bus.pciClass(address)
                        : "there is no PCI device " + address;
        return Finding.error("drive.absent", "NVMe drives", seen)
                .means("list shows the drives that there are")
                .mendedBy(LIST)
                .on(PCIE);
    }

    private static Finding look(Situation situation, DriveUsers users, NvmeDrive drive) {
        String subject = "Drive " + drive.address();
        List<String> uses = users.of(drive);
        if (!drive.isForUserSpace()) {
            return ofKernel(situation, drive, uses).on(PCIE);
        } else if (!uses.isEmpty()) {
            return Finding.error("drive.taken", subject, String.join("; ", uses))
                    .means("one program at a time can have it")
                    .mendedBy("end that program")
                    .on(PCIE);
        } else if (drive.usesVfio()) {
            return Finding.ok("drive.driver", subject, drive.driver() + " has it");
        }
        return withoutIommu(situation, drive).on(PCIE);
    }

    private static Finding ofKernel(Situation situation, NvmeDrive drive, List<String> uses) {
        String subject = "Drive " + drive.address();
        String name = drive.kernelName().isEmpty() ? "" : " (" + drive.kernelName() + ")";
        String driver = drive.driver().isEmpty() ? "no driver has it" : drive.driver() + " has it";
        if (uses.isEmpty()) {
            return Finding.error("drive.kernel", subject, driver + name)
                    .means("nvme4j attaches to drives that vfio-pci has")
                    .mendedBy(situation.commands().setup("bind " + drive.address()));
        }
        return Finding.error("drive.used", subject, driver + name + "; " + String.join("; ", uses))
                .means("the kernel uses it: leave it, or end that use, and take it then")
                .mendedBy(
                        release(situation, uses.getFirst()),
                        situation.commands().setup("bind " + drive.address()));
    }

    private static String release(Situation situation, String use) {
        int mounted = use.indexOf(" is mounted at ");
        if (mounted > 0) {
            String directory =
                    use.substring(mounted + " is mounted at ".length())
                            .replaceFirst(" by way of .*", "");
            return situation.commands().asRoot("umount " + directory);
        } else if (use.contains("is used as swap")) {
            return situation.commands().asRoot("swapoff /dev/" + use.replaceFirst(" .*", ""));
        } else if (use.contains("root file system")) {
            return "choose another drive";
        } else if (use.contains("the RAID ")) {
            String raid = use.replaceFirst(".*the RAID (\\w+).*", "$1");
            return situation.commands().asRoot("mdadm --stop /dev/" + raid);
        } else if (use.contains("the LVM volume ")) {
            return situation.commands().asRoot("vgchange --activate n <volume group>");
        }
        return "end what uses it";
    }

    private static Finding withoutIommu(Situation situation, NvmeDrive drive) {
        String subject = "Drive " + drive.address();
        String seen = drive.driver() + " has it";
        if (situation.self().seesPhysicalAddresses()) {
            return Finding.warning("drive.driver", subject, seen)
                    .means("without an IOMMU, it can reach all memory")
                    .mendedBy(
                            situation
                                    .commands()
                                    .setup("bind --driver vfio-pci " + drive.address()));
        }
        return Finding.error("drive.driver", subject, seen)
                .means("that takes physical addresses, which root only is shown")
                .mendedBy(situation.commands().setup("bind --driver vfio-pci " + drive.address()));
    }
}
