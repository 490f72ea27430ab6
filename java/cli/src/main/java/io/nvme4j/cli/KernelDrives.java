// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the kernel does with NVMe drives. */
final class KernelDrives {
    private final Path sysfs;
    private final Path proc;

    /**
     * @param sysfs where sysfs is, {@code /sys}
     * @param proc where procfs is, {@code /proc}
     */
    KernelDrives(Path sysfs, Path proc) {
        this.sysfs = sysfs;
        this.proc = proc;
    }

    /**
     * How the kernel uses a drive, or nothing where it doesn't have it.
     *
     * @param address on the PCI bus
     */
    Optional<String> use(String address) {
        return new PciDevices(sysfs)
                .find().stream()
                        .filter(device -> !device.kernelName().isEmpty())
                        .filter(device -> device.address().equalsIgnoreCase(address))
                        .findFirst()
                        .map(device -> describe(device.kernelName()));
    }

    private String describe(String controller) {
        List<String> uses = new ArrayList<>();
        for (String disk : names(sysfs.resolve("class/nvme").resolve(controller), controller)) {
            List<String> partitions = names(sysfs.resolve("block").resolve(disk), disk + "p");
            if (!partitions.isEmpty()) {
                uses.add("partitioned: " + String.join(", ", partitions));
            }
            uses.addAll(mentions("mounts", disk, "mounted: "));
            uses.addAll(mentions("swaps", disk, "swap: "));
        }
        return "/dev/"
                + controller
                + (uses.isEmpty() ? "" : " (" + String.join("; ", uses) + ")")
                + ": unmount it and bind it to vfio-pci first";
    }

    private static List<String> names(Path directory, String prefix) {
        try (Stream<Path> children = Files.list(directory)) {
            return children.map(child -> String.valueOf(child.getFileName()))
                    .filter(name -> name.startsWith(prefix))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** The lines of a file of procfs that begin with a disk or a partition of it. */
    private List<String> mentions(String file, String disk, String what) {
        try (Stream<String> lines = Files.lines(proc.resolve(file))) {
            String found =
                    lines.filter(line -> line.startsWith("/dev/" + disk))
                            .map(line -> line.replaceFirst("^(\\S+)\\s+(\\S+).*", "$1 on $2"))
                            .collect(Collectors.joining(", "));
            return found.isEmpty() ? List.of() : List.of(what + found);
        } catch (IOException e) {
            return List.of();
        }
    }
}
