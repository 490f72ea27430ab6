// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.doctor.situation;

import io.nvme4j.cli.machine.Cgroup;
import io.nvme4j.cli.machine.Machine;
import io.nvme4j.cli.machine.NvmeDrive;
import io.nvme4j.cli.machine.PciBus;
import io.nvme4j.cli.machine.Self;

import java.util.List;

/**
 * All that checks look at.
 *
 * @param machine what it runs on
 * @param java what it runs in
 * @param natives the native libraries
 * @param goal what is to be attached to
 * @param commands how to write what mends things
 * @param user who runs this
 * @param memory that SPDK takes
 */
public record Situation(
        Machine machine,
        JavaRuntime java,
        NativeParts natives,
        Goal goal,
        Commands commands,
        String user,
        SpdkMemory memory) {
    /** The same, with something else to be attached to. */
    public Situation with(Goal other) {
        return new Situation(machine, java, natives, other, commands, user, memory);
    }

    public Self self() {
        return new Self(machine);
    }

    public boolean isInContainer() {
        return !new Cgroup(machine).container().isEmpty();
    }

    /** The drive that is wanted, else all. */
    public List<NvmeDrive> candidates() {
        return new PciBus(machine)
                .nvmeDrives().stream()
                        .filter(
                                drive ->
                                        goal.pciAddress().map(drive.address()::equals).orElse(true))
                        .toList();
    }

    /** The drive that is wanted, else those that somebody made ready for programs. */
    public List<NvmeDrive> drives() {
        return candidates().stream()
                .filter(drive -> goal.names(Transport.PCIE) || drive.isForUserSpace())
                .toList();
    }
}
