// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.machine;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** A made-up machine: files that stand for those of /proc, /sys and /dev. */
public class Tree {
    private final Path root;
    private final Set<Path> refused = new HashSet<>();

    public Tree(Path root) {
        this.root = root;
    }

    /** It as the program sees it. */
    public Machine machine() {
        return new Machine(root, path -> Files.exists(path) && !refused.contains(path));
    }

    private Path at(String path) {
        return root.resolve(path.substring(1));
    }

    /** Makes a file, and its directories, in the place of any that is there. */
    public Tree file(String path, String... lines) {
        try {
            remove(path);
            Files.createDirectories(Objects.requireNonNull(at(path).getParent()));
            Files.writeString(at(path), String.join("\n", lines) + "\n");
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Tree directory(String path) {
        try {
            Files.createDirectories(at(path));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes a symbolic link, in the place of any that is there. */
    public Tree link(String path, String target) {
        try {
            remove(path);
            Files.createDirectories(Objects.requireNonNull(at(path).getParent()));
            Files.createSymbolicLink(at(path), Path.of(target));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Removes a file, or a directory with all that it holds. */
    public Tree remove(String path) {
        if (!Files.exists(at(path)) && !Files.isSymbolicLink(at(path))) {
            return this;
        }
        try (Stream<Path> files = Files.walk(at(path))) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Keeps the program from writing to a file. */
    public Tree refuse(String path) {
        refused.add(at(path));
        return this;
    }

    /** A drive that a driver has, in an IOMMU group of its own, which is named by its bus. */
    public Tree drive(String address, String driver) {
        String device = "/sys/bus/pci/devices/" + address;
        String group = Integer.toString(Integer.parseInt(address.substring(5, 7), 16));
        file(device + "/class", "0x010802");
        file(device + "/vendor", "0x144d");
        file(device + "/device", "0xa80a");
        file(device + "/numa_node", "0");
        link(device + "/iommu_group", "../../../../kernel/iommu_groups/" + group);
        directory("/sys/kernel/iommu_groups/" + group + "/devices/" + address);
        return driver(address, driver);
    }

    /** Binds a device to a driver; to none where that is empty. */
    public Tree driver(String address, String driver) {
        String device = "/sys/bus/pci/devices/" + address;
        remove(device + "/driver").remove(device + "/nvme");
        if (!driver.isEmpty()) {
            link(device + "/driver", "../../../../bus/pci/drivers/" + driver);
        }
        if (driver.equals("vfio-pci")) {
            file("/dev/vfio/" + Integer.parseInt(address.substring(5, 7), 16));
        }
        return this;
    }

    /** Gives a drive to the kernel, as nvme0 with one namespace and a partition of it. */
    public Tree kernelDrive(String address) {
        String controller = "/sys/bus/pci/devices/" + address + "/nvme/nvme0";
        driver(address, "nvme");
        file(controller + "/model", "A Drive          ");
        directory(controller + "/nvme0n1");
        file("/sys/class/block/nvme0n1/dev", "259:0");
        file("/sys/class/block/nvme0n1p1/dev", "259:1");
        return directory("/sys/class/block/nvme0n1/nvme0n1p1");
    }

    /** A mount that this process sees. */
    public Tree mounted(String number, String source, String directory) {
        return file(
                "/proc/self/mountinfo",
                "20 1 0:30 / /proc rw - proc proc rw",
                "30 1 " + number + " / " + directory + " rw shared:1 - ext4 " + source + " rw");
    }

    /** A process, with what its status says. */
    public Tree process(int id, String name, String... status) {
        file("/proc/" + id + "/comm", name);
        file("/proc/" + id + "/status", status);
        directory("/proc/" + id + "/fd");
        return this;
    }
}
