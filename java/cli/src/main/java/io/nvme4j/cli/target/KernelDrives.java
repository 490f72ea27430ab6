// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.target;

import io.nvme4j.cli.machine.DriveUse;
import io.nvme4j.cli.machine.DriveUsers;
import io.nvme4j.cli.machine.Machine;
import io.nvme4j.cli.machine.NvmeDrive;
import io.nvme4j.cli.machine.PciBus;

import java.util.List;
import java.util.Optional;

/** What the kernel does with NVMe drives. */
public final class KernelDrives {
    private final Machine machine;

    public KernelDrives(Machine machine) {
        this.machine = machine;
    }

    /**
     * How the kernel uses a drive, or nothing where it doesn't have it.
     *
     * @param address on the PCI bus
     */
    public Optional<String> use(String address) {
        return new PciBus(machine)
                .nvmeDrives().stream()
                        .filter(drive -> !drive.kernelName().isEmpty())
                        .filter(drive -> drive.address().equals(PciBus.normalize(address)))
                        .findFirst()
                        .map(this::describe);
    }

    private String describe(NvmeDrive drive) {
        List<DriveUse> uses = new DriveUsers(machine).of(drive);
        return "/dev/"
                + drive.kernelName()
                + (uses.isEmpty() ? "" : " (" + DriveUse.describe(uses) + ")")
                + ": unmount it and bind it to vfio-pci first";
    }
}
