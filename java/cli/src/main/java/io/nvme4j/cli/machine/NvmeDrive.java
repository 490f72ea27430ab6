// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.machine;

import java.util.List;
import java.util.OptionalInt;

/**
 * An NVMe drive on the PCI bus.
 *
 * @param address such as 0000:01:00.0
 * @param id vendor and device, such as 144d:a80a
 * @param driver bound to it, or empty
 * @param kernelName such as nvme0, where the kernel's own driver has it, or empty
 * @param model its model number, where the kernel knows it, or empty
 * @param namespaces block devices of it, such as nvme0n1
 * @param numaNode that it is near to, where the kernel knows it
 * @param iommuGroup number of the group, or empty without an IOMMU
 */
public record NvmeDrive(
        String address,
        String id,
        String driver,
        String kernelName,
        String model,
        List<String> namespaces,
        OptionalInt numaNode,
        String iommuGroup) {
    /** Drivers that leave a device to a program. */
    private static final List<String> USER_SPACE_DRIVERS =
            List.of("vfio-pci", "uio_pci_generic", "igb_uio");

    /** Its transport id. */
    public String transportId() {
        return "trtype:PCIE traddr:" + address;
    }

    /** Whether it is bound to a driver that leaves it to programs. */
    public boolean isForUserSpace() {
        return isForUserSpace(driver);
    }

    static boolean isForUserSpace(String driver) {
        return USER_SPACE_DRIVERS.contains(driver);
    }

    /** Whether it is bound to vfio-pci. */
    public boolean usesVfio() {
        return driver.equals("vfio-pci");
    }
}
