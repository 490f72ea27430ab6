// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.doctor.check;

import io.nvme4j.cli.doctor.situation.Commands;
import io.nvme4j.cli.doctor.situation.Situation;
import io.nvme4j.cli.doctor.situation.Transport;
import io.nvme4j.cli.machine.DriveUse;
import io.nvme4j.cli.machine.DriveUse.Kind;
import io.nvme4j.cli.machine.DriveUsers;
import io.nvme4j.cli.machine.NvmeDrive;
import io.nvme4j.cli.machine.PciBus;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Which driver each drive has, and who uses it. */
public final class DrivesCheck implements Check {
    private static final Set<Transport> PCIE = Set.of(Transport.PCIE);

    /** Directory where SPDK's programs leave a file for each drive that they have. */
    private static final String LOCKS = "/var/tmp/spdk_pci_lock_";

    @Override
    public List<Finding> look(Situation situation) {
        List<NvmeDrive> drives = situation.candidates();
        boolean named = situation.goal().names(Transport.PCIE);
        if (named && situation.goal().pciAddress().isEmpty()) {
            return List.of(withoutAddress(situation));
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

    private static Finding withoutAddress(Situation situation) {
        return Finding.error("drive.address", "NVMe drives", "the transport id lacks traddr")
                .means("it is the drive's PCI address, as in traddr:0000:01:00.0")
                .mendedBy(situation.commands().nvme4j("list"))
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
                .mendedBy(situation.commands().nvme4j("list"))
                .on(PCIE);
    }

    private static Finding look(Situation situation, DriveUsers users, NvmeDrive drive) {
        String subject = "Drive " + drive.address();
        List<DriveUse> uses = users.of(drive);
        if (!drive.isForUserSpace()) {
            return ofKernel(situation, drive, uses).on(PCIE);
        } else if (!uses.isEmpty()) {
            return Finding.error("drive.taken", subject, DriveUse.describe(uses))
                    .means("one program at a time can have it")
                    .mendedBy(releases(situation, uses).toArray(String[]::new))
                    .on(PCIE);
        } else if (isLocked(situation, drive)) {
            return locked(situation, drive).on(PCIE);
        } else if (drive.usesVfio()) {
            return Finding.ok("drive.driver", subject, drive.driver() + " has it");
        }
        return withoutIommu(situation, drive).on(PCIE);
    }

    /** SPDK's programs can't take a drive whose file another user's program left behind. */
    private static boolean isLocked(Situation situation, NvmeDrive drive) {
        String file = LOCKS + drive.address();
        return situation.machine().exists(file) && !situation.machine().isWritable(file);
    }

    private static Finding locked(Situation situation, NvmeDrive drive) {
        String file = LOCKS + drive.address();
        return Finding.error(
                        "drive.locked",
                        "Drive " + drive.address(),
                        "%s may not write to %s".formatted(situation.user(), file))
                .means("a program of another user's has the drive, or left this when it was killed")
                .mendedBy(situation.commands().asRoot("rm " + file));
    }

    private static Finding ofKernel(Situation situation, NvmeDrive drive, List<DriveUse> uses) {
        String subject = "Drive " + drive.address();
        String name = drive.kernelName().isEmpty() ? "" : " (" + drive.kernelName() + ")";
        String driver = drive.driver().isEmpty() ? "no driver has it" : drive.driver() + " has it";
        String bind = situation.commands().setup("bind " + drive.address());
        if (uses.isEmpty()) {
            return Finding.error("drive.kernel", subject, driver + name)
                    .means("nvme4j attaches to drives that vfio-pci has")
                    .mendedBy(bind);
        }
        Finding used =
                Finding.error("drive.used", subject, driver + name + "; " + DriveUse.describe(uses))
                        .means("the kernel uses it: leave it, or end that use, and take it then");
        if (uses.stream().anyMatch(use -> use.kind() == Kind.ROOT)) {
            return used.mendedBy("choose another drive");
        }
        return used.mendedBy(
                Stream.concat(releases(situation, uses), Stream.of(bind)).toArray(String[]::new));
    }

    /** What ends uses: first of those that build on others. */
    private static Stream<String> releases(Situation situation, List<DriveUse> uses) {
        return uses.reversed().stream().map(use -> release(situation.commands(), use)).distinct();
    }

    private static String release(Commands commands, DriveUse use) {
        String user = Commands.quoted(use.user());
        return switch (use.kind()) {
            case MOUNT -> commands.asRoot("umount " + user);
            case SWAP -> commands.asRoot("swapoff /dev/" + user);
            case RAID -> commands.asRoot("mdadm --stop /dev/" + user);
            case LOGICAL_VOLUME -> commands.asRoot("lvchange --activate n /dev/mapper/" + user);
            case ENCRYPTED_VOLUME -> commands.asRoot("cryptsetup close " + user);
            case MAPPED_VOLUME -> commands.asRoot("dmsetup remove " + user);
            case LOOP -> commands.asRoot("losetup --detach /dev/" + user);
            case EXPORT -> commands.write("0", user + "/enable");
            case PROCESS -> commands.asRoot("kill " + user);
            case ROOT, OTHER -> "end what uses it";
        };
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
