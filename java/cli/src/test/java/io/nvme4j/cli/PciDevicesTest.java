// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

class PciDevicesTest {
    @TempDir Path sysfs;

    private void addDevice(String address, String pciClass, String driver) throws IOException {
        Path device = Files.createDirectories(sysfs.resolve("bus/pci/devices").resolve(address));
        Files.writeString(device.resolve("class"), pciClass + "\n");
        Files.writeString(device.resolve("vendor"), "0x144d\n");
        Files.writeString(device.resolve("device"), "0xa80a\n");
        if (!driver.isEmpty()) {
            Files.createSymbolicLink(
                    device.resolve("driver"), Path.of("../../../../bus/pci/drivers", driver));
        }
    }

    private void addKernelDevice(String name, String address, String model) throws IOException {
        Path device = Files.createDirectories(sysfs.resolve("class/nvme").resolve(name));
        Files.writeString(device.resolve("address"), address + "\n");
        Files.writeString(device.resolve("model"), model + "   \n");
    }

    @Test
    void findsNvmeDevicesOnly() throws IOException {
        addDevice("0000:00:1f.2", "0x010601", "ahci");
        addDevice("0000:02:00.0", "0x010802", "vfio-pci");
        addDevice("0000:01:00.0", "0x010802", "nvme");
        addDevice("0000:03:00.0", "0x010802", "");
        addKernelDevice("nvme0", "0000:01:00.0", "A Drive");
        List<PciDevices.Device> devices = new PciDevices(sysfs).find();
        assertEquals(
                List.of(
                        new PciDevices.Device(
                                "0000:01:00.0", "144d:a80a", "nvme", "nvme0", "A Drive"),
                        new PciDevices.Device("0000:02:00.0", "144d:a80a", "vfio-pci", "", ""),
                        new PciDevices.Device("0000:03:00.0", "144d:a80a", "", "", "")),
                devices);
        assertEquals("trtype:PCIE traddr:0000:01:00.0", devices.getFirst().transportId());
        assertEquals(
                List.of("unmount it and bind it to vfio-pci", "ready", "bind it to vfio-pci"),
                devices.stream().map(PciDevices.Device::state).toList());
    }

    @Test
    void machineWithoutPciHasNone() {
        assertEquals(List.of(), new PciDevices(sysfs).find());
    }
}
