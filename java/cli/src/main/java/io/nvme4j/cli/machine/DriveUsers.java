// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.machine;

import io.nvme4j.cli.machine.DriveUse.Kind;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Who uses a drive: why it must not be taken from the kernel, or from a program. The machine's
 * mounts and open files are looked at once, when this is made.
 */
public final class DriveUsers {
    private static final String BLOCK = "/sys/class/block/";
    private static final String EXPORTS = "/sys/kernel/config/nvmet/subsystems";

    private final Machine machine;
    private final Processes processes;
    private final List<Mount> mounts;
    private final Map<String, List<String>> openDevices;

    /**
     * @param device number, as in 259:1
     * @param source such as /dev/nvme0n1p1
     */
    private record Mount(String device, String directory, String source) {
        /**
         * Of a line of mountinfo: id, parent, device, root, directory, options, -, type, source.
         */
        static Mount of(String line) {
            String[] before = line.split(" ", -1);
            String[] after = line.substring(line.indexOf(" - ") + 3).split(" ", -1);
            return new Mount(before[2], MountTable.unescape(before[4]), after[1]);
        }

        static boolean isComplete(String line) {
            int dash = line.indexOf(" - ");
            return dash > 0
                    && line.substring(0, dash).split(" ", -1).length > 4
                    && line.substring(dash + 3).contains(" ");
        }
    }

    /** Of a machine's drives. */
    public DriveUsers(Machine machine) {
        this.machine = machine;
        this.processes = new Processes(machine);
        this.mounts = processes.mounts().stream().filter(Mount::isComplete).map(Mount::of).toList();
        this.openDevices = processes.openDevices();
    }

    /** Uses of the drive; of those that build on one another, the lowest first. Empty for none. */
    public List<DriveUse> of(NvmeDrive drive) {
        Set<DriveUse> uses = new LinkedHashSet<>();
        if (!drive.kernelName().isEmpty()) {
            openUses(uses, drive.kernelName());
        }
        for (String namespace : drive.namespaces()) {
            devicesOf(namespace).forEach(device -> blockUses(uses, device, device));
            openUses(uses, namespace.replaceFirst("^nvme", "ng"));
        }
        userSpaceFiles(drive).forEach(file -> openUses(uses, file));
        return List.copyOf(uses);
    }

    /** A block device and its partitions. */
    private Stream<String> devicesOf(String namespace) {
        Stream<String> partitions =
                machine.children(BLOCK + namespace).stream()
                        .filter(name -> name.startsWith(namespace + "p"));
        return Stream.concat(Stream.of(namespace), partitions);
    }

    /**
     * @param origin part of the drive that is used
     * @param device it, or what stands on it: a RAID, a logical volume
     */
    private void blockUses(Set<DriveUse> uses, String origin, String device) {
        String through = origin.equals(device) ? "" : " by way of " + describeHolder(device).text();
        String number = machine.text(BLOCK + device + "/dev").orElse("?");
        for (Mount mount : mounts) {
            if (mount.device.equals(number) || mount.source.equals("/dev/" + device)) {
                uses.add(mountUse(mount, origin, through));
            }
        }
        if (isSwap(device)) {
            uses.add(new DriveUse(Kind.SWAP, device, origin + " is used as swap" + through));
        }
        openUses(uses, device);
        kernelUses(uses, origin, device);
        for (String holder : machine.children(BLOCK + device + "/holders")) {
            DriveUse use = describeHolder(holder);
            uses.add(new DriveUse(use.kind(), use.user(), origin + " is in " + use.text()));
            blockUses(uses, origin, holder);
        }
    }

    private static DriveUse mountUse(Mount mount, String origin, String through) {
        return mount.directory.equals("/")
                ? new DriveUse(Kind.ROOT, "/", origin + " holds the root file system" + through)
                : new DriveUse(
                        Kind.MOUNT,
                        mount.directory,
                        origin + " is mounted at " + mount.directory + through);
    }

    private boolean isSwap(String device) {
        return machine.lines("/proc/swaps").stream()
                .anyMatch(line -> line.split("\\s+", -1)[0].equals("/dev/" + device));
    }

    private void openUses(Set<DriveUse> uses, String file) {
        for (String process : openDevices.getOrDefault("/dev/" + file, List.of())) {
            String text = file + " is held open by " + processes.describe(process);
            uses.add(new DriveUse(Kind.PROCESS, process, text));
        }
    }

    /** Parts of the kernel that hold a device without being its holders. */
    private void kernelUses(Set<DriveUse> uses, String origin, String device) {
        for (String loop : machine.children("/sys/block")) {
            if (names("/sys/block/" + loop + "/loop/backing_file", device)) {
                uses.add(new DriveUse(Kind.LOOP, loop, origin + " is behind " + loop));
            }
        }
        for (String filesystem : machine.children("/sys/fs/btrfs")) {
            if (machine.exists("/sys/fs/btrfs/" + filesystem + "/devices/" + device)) {
                uses.add(new DriveUse(Kind.OTHER, "btrfs", origin + " is in a mounted btrfs"));
            }
        }
        for (String subsystem : machine.children(EXPORTS)) {
            String namespaces = EXPORTS + "/" + subsystem + "/namespaces";
            for (String namespace : machine.children(namespaces)) {
                String directory = namespaces + "/" + namespace;
                if (names(directory + "/device_path", device)) {
                    String text = origin + " is exported by the kernel's NVMe target";
                    uses.add(new DriveUse(Kind.EXPORT, directory, text));
                }
            }
        }
    }

    private boolean names(String file, String device) {
        return machine.text(file).orElse("").equals("/dev/" + device);
    }

    /** What a device that stands on others is. */
    private DriveUse describeHolder(String holder) {
        String name = machine.text(BLOCK + holder + "/dm/name").orElse(holder);
        String uuid = machine.text(BLOCK + holder + "/dm/uuid").orElse("");
        if (holder.startsWith("md")) {
            return new DriveUse(Kind.RAID, holder, "the RAID " + holder);
        } else if (uuid.startsWith("LVM-")) {
            return new DriveUse(Kind.LOGICAL_VOLUME, name, "the LVM volume " + name);
        } else if (uuid.startsWith("CRYPT-")) {
            return new DriveUse(Kind.ENCRYPTED_VOLUME, name, "the encrypted volume " + name);
        } else if (holder.startsWith("dm-")) {
            return new DriveUse(Kind.MAPPED_VOLUME, name, "the device-mapper device " + name);
        }
        return new DriveUse(Kind.OTHER, holder, "the device " + holder);
    }

    /** Device files, below /dev, that a program opens to drive it. */
    private List<String> userSpaceFiles(NvmeDrive drive) {
        String device = PciBus.DEVICES + "/" + drive.address();
        List<String> files = new ArrayList<>(machine.children(device + "/uio"));
        machine.children(device + "/vfio-dev").forEach(name -> files.add("vfio/devices/" + name));
        if (!drive.iommuGroup().isEmpty()) {
            files.add("vfio/" + drive.iommuGroup());
            files.add("vfio/noiommu-" + drive.iommuGroup());
        }
        return files;
    }
}
