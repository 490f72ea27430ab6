// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.doctor;

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
