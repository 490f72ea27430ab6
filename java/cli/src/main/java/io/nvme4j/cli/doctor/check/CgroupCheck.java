// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.doctor.check;

import io.nvme4j.cli.doctor.situation.Situation;
import io.nvme4j.cli.doctor.situation.Transport;
import io.nvme4j.cli.machine.Cgroup;
import io.nvme4j.cli.machine.Hugepages;
import io.nvme4j.cli.machine.Hugepages.Pool;

import java.util.ArrayList;
import java.util.List;

/** Limits of the control group, or the container, that this process is in. */
public final class CgroupCheck implements Check {
    private static final String SUBJECT = "Container";

    /** What a JVM and the embedded controller's usual namespace need, roughly. */
    private static final long MEMORY = 256 << 20;

    @Override
    public List<Finding> look(Situation situation) {
        Cgroup cgroup = new Cgroup(situation.machine());
        List<Finding> findings = new ArrayList<>();
        for (Pool pool : new Hugepages(situation.machine()).pools()) {
            cgroup.hugepages(pool.pageBytes())
                    .filter(limit -> limit.left() < situation.memory().least() && pool.total() > 0)
                    .ifPresent(limit -> findings.add(hugepages(situation, pool, limit)));
        }
        cgroup.memory()
                .filter(limit -> limit.bytes() < MEMORY)
                .ifPresent(limit -> findings.add(memory(situation, limit)));
        if (findings.isEmpty()) {
            String container = cgroup.container();
            String seen = container.isEmpty() ? "none" : container + ", with no limit in the way";
            findings.add(Finding.ok("cgroup", SUBJECT, seen));
        }
        return findings;
    }

    private static Finding hugepages(Situation situation, Pool pool, Cgroup.Limit limit) {
        long enough = limit.used() + situation.memory().usual();
        return Finding.error(
                        "cgroup.hugetlb",
                        SUBJECT,
                        "%s of hugepages of %s at most, of which %s are used"
                                .formatted(
                                        Sizes.of(limit.bytes()),
                                        Sizes.of(pool.pageBytes()),
                                        Sizes.of(limit.used())))
                .means("SPDK needs " + Sizes.of(situation.memory().least()) + " at least")
                .mendedBy(
                        situation.commands().write(Long.toString(enough), limit.file()),
                        "in Kubernetes: resources.limits.hugepages-2Mi")
                .on(Transport.OF_SPDK);
    }

    private static Finding memory(Situation situation, Cgroup.Limit limit) {
        return Finding.warning(
                        "cgroup.memory", SUBJECT, Sizes.of(limit.bytes()) + " of memory at most")
                .means("the JVM and its buffers need more, or are killed")
                .mendedBy(
                        situation.commands().write(Long.toString(4 * MEMORY), limit.file()),
                        "docker run --memory=1g ...");
    }
}
