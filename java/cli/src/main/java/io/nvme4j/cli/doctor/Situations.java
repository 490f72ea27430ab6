// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.doctor;

import io.nvme4j.Controller;
import io.nvme4j.cli.doctor.situation.Commands;
import io.nvme4j.cli.doctor.situation.Goal;
import io.nvme4j.cli.doctor.situation.JavaRuntime;
import io.nvme4j.cli.doctor.situation.Situation;
import io.nvme4j.cli.doctor.situation.SpdkMemory;
import io.nvme4j.cli.machine.Machine;
import io.nvme4j.cli.machine.Self;

/** What doctor's checks look at, as it is here. */
public final class Situations {
    /** System property that the launcher sets: the checkout, where hugepages-setup is. */
    private static final String HOME = "nvme4j.home";

    private Situations() {}

    public static Situation here(Machine machine, Goal goal) {
        return new Situation(
                machine,
                JavaRuntime.current(),
                transport -> Controller.transport(transport.name()),
                goal,
                Commands.local(new Self(machine).isRoot(), System.getProperty(HOME, "")),
                System.getProperty("user.name"),
                SpdkMemory.USUAL);
    }
}
