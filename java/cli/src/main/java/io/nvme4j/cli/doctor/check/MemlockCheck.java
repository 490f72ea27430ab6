// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.doctor.check;

import io.nvme4j.cli.doctor.situation.Situation;
import io.nvme4j.cli.doctor.situation.Transport;
import io.nvme4j.cli.machine.Self;

import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/** How much memory this user may lock, which VFIO counts all memory as that a drive may reach. */
public final class MemlockCheck implements Check {
    @Override
    public List<Finding> look(Situation situation) {
        Self self = situation.self();
        OptionalLong limit = self.lockedMemoryLimit();
        if (situation.drives().isEmpty()) {
            return List.of(
                    Finding.notApplicable(
                            "memlock", "Locked memory", "no drive that would need it"));
        }
        long needed = situation.memory().usual();
        if (limit.isEmpty() || self.mayLockAnything()) {
            String seen =
                    limit.isEmpty()
                            ? "no limit"
                            : Sizes.of(limit.getAsLong()) + ", which isn't for this process";
            return List.of(Finding.ok("memlock", "Locked memory", seen));
        }
        String seen = "at most " + Sizes.of(limit.getAsLong());
        if (limit.getAsLong() >= needed) {
            return List.of(Finding.ok("memlock", "Locked memory", seen));
        }
        return List.of(
                Finding.error("memlock", "Locked memory", seen)
                        .means("VFIO locks what a drive may reach, " + Sizes.of(needed))
                        .mendedBy(
                                situation.commands().setup("allow " + situation.user()),
                                "log in anew (a systemd service: LimitMEMLOCK=infinity)")
                        .on(Set.of(Transport.PCIE)));
    }
}
