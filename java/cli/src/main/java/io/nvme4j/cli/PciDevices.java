// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The NVMe devices on the PCI bus, as the kernel shows them in sysfs. */
final class PciDevices {
    /** Class, subclass and programming interface of an NVMe I/O controller. */
    private static final String NVME_CLASS = "0x010802";

    private static final List<String> USER_SPACE_DRIVERS = List.of("vfio-pci", "uio_pci_generic");

    private final Path sysfs;

    /**
     * @param address such as 0000:01:00.0
     * @param id vendor and device, such as 144d:a80a
     * @param driver bound to it, or empty
     * @param kernelName such as nvme0, where the kernel's own driver has it, or empty
     * @param model its model number, where the kernel knows it, or empty
     */
    record Device(String address, String id, String driver, String kernelName, String model) {
        String transportId() {
            return "trtype:PCIE traddr:" + address;
        }

        /** What has to happen before it can be attached to. */
        String state() {
            if (USER_SPACE_DRIVERS.contains(driver)) {
                return "ready";
            }
            return driver.isEmpty() ? "bind it to vfio-pci" : "unmount it and bind it to vfio-pci";
        }
    }

    /**
     * @param sysfs where sysfs is, {@code /sys}
     */
    PciDevices(Path sysfs) {
        this.sysfs = sysfs;
    }

    /** All of them, by address. */
    List<Device> find() {
        Map<String, Path> kernelDevices = kernelDevices();
        return children("bus/pci/devices").stream()
                .filter(device -> content(device.resolve("class")).equals(NVME_CLASS))
                .map(device -> describe(device, kernelDevices))
                .toList();
    }

    private static Device describe(Path device, Map<String, Path> kernelDevices) {
        String address = name(device);
        Path kernelDevice = kernelDevices.get(address);
        return new Device(
                address,
                hex(device.resolve("vendor")) + ":" + hex(device.resolve("device")),
                linkTarget(device.resolve("driver")),
                kernelDevice == null ? "" : name(kernelDevice),
                kernelDevice == null ? "" : content(kernelDevice.resolve("model")));
    }

    /** The kernel's NVMe controllers by PCI address; those of other transports have others. */
    private Map<String, Path> kernelDevices() {
        Map<String, Path> devices = new HashMap<>();
        for (Path device : children("class/nvme")) {
            devices.put(content(device.resolve("address")), device);
        }
        return devices;
    }

    private List<Path> children(String directory) {
        try (Stream<Path> children = Files.list(sysfs.resolve(directory))) {
            return children.sorted().toList();
        } catch (IOException e) {
            return List.of(); // no such bus, or no such driver
        }
    }

    private static String content(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return "";
        }
    }

    private static String hex(Path file) {
        String text = content(file);
        return text.startsWith("0x") ? text.substring(2) : text;
    }

    private static String linkTarget(Path link) {
        try {
            return name(Files.readSymbolicLink(link));
        } catch (IOException e) {
            return "";
        }
    }

    private static String name(Path path) {
        Path name = path.getFileName();
        return name == null ? "" : name.toString();
    }
}
