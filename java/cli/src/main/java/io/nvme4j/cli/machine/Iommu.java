// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.machine;

import java.util.List;
import java.util.OptionalInt;

/** The IOMMU: what stands between drives and memory. */
public final class Iommu {
    private static final String GROUPS = "/sys/kernel/iommu_groups";
    private static final String UNITS = "/sys/class/iommu";

    private final Machine machine;

    /** Of a machine. */
    public Iommu(Machine machine) {
        this.machine = machine;
    }

    /** How many groups of devices there are; 0 without an IOMMU, or with it off. */
    public int groups() {
        return machine.children(GROUPS).size();
    }

    /** PCI addresses of the devices of a group. */
    public List<String> devices(String group) {
        return machine.children(GROUPS + "/" + group + "/devices");
    }

    /** Whether vfio-pci is allowed to work without one. */
    public boolean isNotDemanded() {
        return machine.text("/sys/module/vfio/parameters/enable_unsafe_noiommu_mode")
                .filter(text -> text.equalsIgnoreCase("Y") || text.equals("1"))
                .isPresent();
    }

    /**
     * Bits of address that the narrowest unit of Intel's kind takes (Maximum Guest Address Width);
     * empty where there is none.
     */
    public OptionalInt addressWidth() {
        return machine.children(UNITS).stream()
                .flatMap(unit -> machine.text(UNITS + "/" + unit + "/intel-iommu/cap").stream())
                .mapToInt(Iommu::guestAddressWidth)
                .filter(width -> width > 0)
                .min();
    }

    /** Bits 21:16 of the Capability Register, 0's based. */
    private static int guestAddressWidth(String capability) {
        try {
            return (int) (Long.parseUnsignedLong(capability, 16) >>> 16 & 0x3F) + 1;
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
