// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.doctor.check;

import io.nvme4j.cli.doctor.situation.Situation;
import io.nvme4j.cli.doctor.situation.Transport;
import io.nvme4j.cli.machine.Iommu;
import io.nvme4j.cli.machine.Machine;
import io.nvme4j.cli.machine.NvmeDrive;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Whether VFIO is there, and open to this user. */
public final class VfioCheck implements Check {
    private static final String SUBJECT = "VFIO";
    private static final Set<Transport> PCIE = Set.of(Transport.PCIE);
    private static final String CONTAINER = "/dev/vfio/vfio";

    @Override
    public List<Finding> look(Situation situation) {
        List<NvmeDrive> drives = situation.drives();
        Iommu iommu = new Iommu(situation.machine());
        boolean others =
                drives.stream().allMatch(each -> each.isForUserSpace() && !each.usesVfio());
        if (drives.isEmpty() || others || (iommu.groups() == 0 && !iommu.isNotDemanded())) {
            return List.of(Finding.notApplicable("vfio", SUBJECT, "no drive that would use it"));
        }
        boolean loaded = situation.machine().exists("/sys/bus/pci/drivers/vfio-pci");
        if (!loaded && drives.stream().noneMatch(NvmeDrive::usesVfio)) {
            String seen = "not loaded yet, which binding the drive does";
            return List.of(Finding.notApplicable("vfio", SUBJECT, seen));
        }
        List<Finding> findings = new ArrayList<>(modules(situation, iommu));
        if (findings.isEmpty()) {
            findings.addAll(rights(situation, drives));
        }
        return findings.isEmpty()
                ? List.of(Finding.ok("vfio", SUBJECT, "loaded, and open to " + situation.user()))
                : findings;
    }

    private static List<Finding> modules(Situation situation, Iommu iommu) {
        List<Finding> findings = new ArrayList<>();
        Machine machine = situation.machine();
        if (!machine.exists("/sys/bus/pci/drivers/vfio-pci")) {
            findings.add(notLoaded(situation, "vfio-pci"));
        }
        if (iommu.groups() > 0 && !machine.exists("/sys/module/vfio_iommu_type1")) {
            findings.add(notLoaded(situation, "vfio_iommu_type1"));
        }
        if (findings.isEmpty() && !machine.exists(CONTAINER)) {
            findings.add(
                    Finding.error("vfio.device", SUBJECT, "there is no " + CONTAINER)
                            .means("programs reach drives through it")
                            .mendedBy(inContainer(situation))
                            .on(PCIE));
        }
        return findings;
    }

    private static String inContainer(Situation situation) {
        return situation.isInContainer()
                ? "give the container /dev/vfio (docker run --device /dev/vfio ...)"
                : situation.commands().asRoot("modprobe vfio");
    }

    private static Finding notLoaded(Situation situation, String module) {
        return Finding.error("vfio.module", SUBJECT, "the module " + module + " is not loaded")
                .means("programs reach drives by it")
                .mendedBy(situation.commands().asRoot("modprobe " + module))
                .on(PCIE);
    }

    private static List<Finding> rights(Situation situation, List<NvmeDrive> drives) {
        List<String> files = new ArrayList<>(List.of(CONTAINER));
        for (NvmeDrive drive : drives) {
            String file = "/dev/vfio/" + drive.iommuGroup();
            if (drive.usesVfio() && situation.machine().exists(file)) {
                files.add(file);
            }
        }
        return files.stream()
                .filter(file -> !situation.machine().isWritable(file))
                .map(file -> refused(situation, file))
                .toList();
    }

    private static Finding refused(Situation situation, String file) {
        return Finding.error("vfio.rights", SUBJECT, situation.user() + " may not open " + file)
                .means("programs reach drives through it")
                .mendedBy(situation.commands().setup("allow " + situation.user()))
                .on(PCIE);
    }
}
