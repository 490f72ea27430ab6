// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.doctor.check;

import static java.util.stream.Collectors.joining;

import io.nvme4j.cli.doctor.situation.Situation;
import io.nvme4j.cli.doctor.situation.Transport;
import io.nvme4j.cli.machine.Hugepages;
import io.nvme4j.cli.machine.Hugepages.Pool;
import io.nvme4j.cli.machine.NvmeDrive;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Whether hugepages are on the NUMA nodes that want them. */
public final class HugepageNodesCheck implements Check {
    private static final String SUBJECT = "NUMA nodes";

    @Override
    public List<Finding> look(Situation situation) {
        Map<Integer, List<Pool>> nodes = new Hugepages(situation.machine()).poolsOfNodes();
        if (nodes.size() < 2) {
            return List.of(Finding.ok("numa", SUBJECT, "one"));
        }
        List<Finding> findings = new ArrayList<>();
        if (free(nodes.values().stream().flatMap(List::stream).toList()) > 0) {
            lookAtAllowed(situation, nodes, findings);
            situation.drives().forEach(drive -> lookAt(situation, nodes, drive, findings));
        }
        if (findings.isEmpty()) {
            String seen =
                    nodes.entrySet().stream()
                            .map(
                                    node ->
                                            "node %d has %s of hugepages free"
                                                    .formatted(
                                                            node.getKey(),
                                                            Sizes.of(free(node.getValue()))))
                            .collect(joining(", "));
            findings.add(Finding.ok("numa", SUBJECT, seen));
        }
        return findings;
    }

    private static long free(List<Pool> pools) {
        return pools.stream().mapToLong(Pool::freeBytes).sum();
    }

    /** This process may be kept from the nodes that have pages. */
    private static void lookAtAllowed(
            Situation situation, Map<Integer, List<Pool>> nodes, List<Finding> findings) {
        BitSet allowed = situation.self().memoryNodes();
        boolean reached =
                nodes.entrySet().stream()
                        .anyMatch(node -> allowed.get(node.getKey()) && free(node.getValue()) > 0);
        if (!allowed.isEmpty() && !reached) {
            int node = allowed.nextSetBit(0);
            findings.add(
                    Finding.error(
                                    "numa.cpuset",
                                    SUBJECT,
                                    "this process may use memory of node %s, where no hugepage is"
                                                    .formatted(allowed)
                                            + " free")
                            .means("the free ones are on nodes that its cpuset leaves out")
                            .mendedBy(reserve(situation, node))
                            .on(Transport.OF_SPDK));
        }
    }

    private static void lookAt(
            Situation situation,
            Map<Integer, List<Pool>> nodes,
            NvmeDrive drive,
            List<Finding> findings) {
        int node = drive.numaNode().orElse(-1);
        List<Pool> pools = nodes.get(node);
        if (pools != null && free(pools) == 0) {
            findings.add(
                    Finding.warning(
                                    "numa.drive",
                                    SUBJECT,
                                    "drive %s is near node %d, where no hugepage is free"
                                            .formatted(drive.address(), node))
                            .means("its data would cross between the nodes, which is slower")
                            .mendedBy(reserve(situation, node))
                            .on(Set.of(Transport.PCIE)));
        }
    }

    private static String reserve(Situation situation, int node) {
        return HugepagesCheck.reserve(situation, new Hugepages(situation.machine()), node);
    }
}
