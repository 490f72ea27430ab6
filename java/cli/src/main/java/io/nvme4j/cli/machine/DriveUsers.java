// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.machine;

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

    /** Uses of the drive, each as in "nvme0n1p1 is mounted at /data"; empty for none. */
    public List<String> of(NvmeDrive drive) {
        Set<String> uses = new LinkedHashSet<>();
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
    private void blockUses(Set<String> uses, String origin, String device) {
        String through = origin.equals(device) ? "" : " by way of " + describeHolder(device);
        String number = machine.text(BLOCK + device + "/dev").orElse("?");
        for (Mount mount : mounts) {
            if (mount.device.equals(number) || mount.source.equals("/dev/" + device)) {
                uses.add(origin + " " + describe(mount) + through);
            }
        }
        if (isSwap(device)) {
            uses.add(origin + " is used as swap" + through);
        }
        openUses(uses, device);
        kernelUses(uses, origin, device);
        for (String holder : machine.children(BLOCK + device + "/holders")) {
            uses.add(origin + " is in " + describeHolder(holder));
            blockUses(uses, origin, holder);
        }
    }

    private static String describe(Mount mount) {
        return mount.directory.equals("/")
                ? "holds the root file system"
                : "is mounted at " + mount.directory;
    }

    private boolean isSwap(String device) {
        return machine.lines("/proc/swaps").stream()
                .anyMatch(line -> line.split("\\s+", -1)[0].equals("/dev/" + device));
    }

    private void openUses(Set<String> uses, String file) {
        for (String process : openDevices.getOrDefault("/dev/" + file, List.of())) {
            uses.add(file + " is held open by " + processes.describe(process));
        }
    }

    /** Parts of the kernel that hold a device without being its holders. */
    private void kernelUses(Set<String> uses, String origin, String device) {
        String path = "/dev/" + device;
        for (String loop : machine.children("/sys/block")) {
            if (machine.text("/sys/block/" + loop + "/loop/backing_file").orElse("").equals(path)) {
                uses.add(origin + " is behind " + loop);
            }
        }
        for (String filesystem : machine.children("/sys/fs/btrfs")) {
            if (machine.exists("/sys/fs/btrfs/" + filesystem + "/devices/" + device)) {
                uses.add(origin + " is in a mounted btrfs");
            }
        }
    }

    /** What a device that stands on others is. */
    private String describeHolder(String holder) {
        String name = machine.text(BLOCK + holder + "/dm/name").orElse(holder);
        String uuid = machine.text(BLOCK + holder + "/dm/uuid").orElse("");
        if (holder.startsWith("md")) {
            return "the RAID " + holder;
        } else if (uuid.startsWith("LVM-")) {
            return "the LVM volume " + name;
        } else if (uuid.startsWith("CRYPT-")) {
            return "the encrypted volume " + name;
        }
        return "the device " + name;
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
