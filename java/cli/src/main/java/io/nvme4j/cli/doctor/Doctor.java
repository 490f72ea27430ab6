// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.doctor;

import io.nvme4j.cli.doctor.check.CgroupCheck;
import io.nvme4j.cli.doctor.check.Check;
import io.nvme4j.cli.doctor.check.DrivesCheck;
import io.nvme4j.cli.doctor.check.Finding;
import io.nvme4j.cli.doctor.check.HugepageNodesCheck;
import io.nvme4j.cli.doctor.check.HugepagesCheck;
import io.nvme4j.cli.doctor.check.HugetlbfsCheck;
import io.nvme4j.cli.doctor.check.IommuCheck;
import io.nvme4j.cli.doctor.check.JavaCheck;
import io.nvme4j.cli.doctor.check.LibraryCheck;
import io.nvme4j.cli.doctor.check.MemlockCheck;
import io.nvme4j.cli.doctor.check.ProcessorsCheck;
import io.nvme4j.cli.doctor.check.TargetCheck;
import io.nvme4j.cli.doctor.check.VfioCheck;
import io.nvme4j.cli.doctor.situation.Situation;

import java.util.List;

/** Makes all checks. */
public final class Doctor {
    private static final List<Check> CHECKS =
            List.of(
                    new JavaCheck(),
                    new LibraryCheck(),
                    new HugepagesCheck(),
                    new HugepageNodesCheck(),
                    new HugetlbfsCheck(),
                    new MemlockCheck(),
                    new DrivesCheck(),
                    new IommuCheck(),
                    new VfioCheck(),
                    new TargetCheck(),
                    new CgroupCheck(),
                    new ProcessorsCheck());

    private Doctor() {}

    /** What there is to say of a situation. */
    public static Diagnosis examine(Situation situation) {
        List<Finding> found =
                CHECKS.stream().flatMap(check -> check.look(situation).stream()).toList();
        return Diagnosis.of(situation.goal(), found);
    }
}
