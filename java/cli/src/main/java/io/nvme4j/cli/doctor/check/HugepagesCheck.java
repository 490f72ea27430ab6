// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.doctor.check;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toList;

import io.nvme4j.cli.doctor.situation.Commands;
import io.nvme4j.cli.doctor.situation.Situation;
import io.nvme4j.cli.doctor.situation.SpdkMemory;
import io.nvme4j.cli.doctor.situation.Transport;
import io.nvme4j.cli.machine.HugepageHolders;
import io.nvme4j.cli.machine.Hugepages;
import io.nvme4j.cli.machine.Hugepages.Pool;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Whether enough hugepages are free, who has the others, and whether more can be had. */
public final class HugepagesCheck implements Check {
    private static final String SUBJECT = "Hugepages";
    private static final int HOLDERS_SHOWN = 3;

    @Override
    public List<Finding> look(Situation situation) {
        Hugepages hugepages = new Hugepages(situation.machine());
        List<Pool> pools = hugepages.pools();
        if (pools.isEmpty()) {
            return List.of(
                    Finding.error("hugepages.kernel", SUBJECT, "the kernel has none")
                            .means("SPDK has all its memory in them")
                            .mendedBy("use a kernel with CONFIG_HUGETLBFS")
                            .on(Transport.OF_SPDK));
        }
        HugepageHolders holders = new HugepageHolders(situation.machine());
        List<Finding> findings = new ArrayList<>();
        findings.add(free(situation, hugepages, holders));
        findings.add(more(situation, hugepages));
        List<String> left = holders.leftFiles();
        if (!left.isEmpty()) {
            findings.add(left(situation, left));
        }
        return findings;
    }

    private static Finding free(Situation situation, Hugepages hugepages, HugepageHolders holders) {
        SpdkMemory memory = situation.memory();
        long far = hugepages.freeBytesFarFromProcessors();
        long free = hugepages.pools().stream().mapToLong(Pool::freeBytes).sum() - far;
        String seen =
                hugepages.pools().stream().map(HugepagesCheck::describe).collect(joining(", "))
                        + (taken(hugepages) ? describe(holders.all()) : "")
                        + (far > 0
                                ? "; %s of these on NUMA nodes without processors, which SPDK does not use"
                                        .formatted(Sizes.of(far))
                                : "");
        if (free >= memory.usual()) {
            return Finding.ok("hugepages.free", SUBJECT, seen);
        }
        String command =
                far > 0
                        ? reserve(situation, hugepages, hugepages.nodesWithProcessors().getFirst())
                        : situation
                                .commands()
                                .setup("reserve --count " + count(situation, hugepages));
        if (free < memory.least()) {
            return Finding.error("hugepages.free", SUBJECT, seen)
                    .means("SPDK needs " + Sizes.of(memory.least()) + " of free ones at least")
                    .mendedBy(command)
                    .on(Transport.OF_SPDK);
        }
        return Finding.warning("hugepages.free", SUBJECT, seen)
                .means("SPDK takes " + Sizes.of(memory.usual()) + " where there are as many")
                .mendedBy(command)
                .on(Transport.OF_SPDK);
    }

    /** Reserves as many on a node as SPDK takes. */
    static String reserve(Situation situation, Hugepages hugepages, int node) {
        long pageBytes = hugepages.usualPageBytes();
        Pool pool =
                hugepages.poolsOfNodes().getOrDefault(node, List.of()).stream()
                        .filter(each -> each.pageBytes() == pageBytes)
                        .findFirst()
                        .orElse(new Pool(pageBytes, 0, 0));
        return situation
                .commands()
                .setup(
                        "reserve --count %d --node %d"
                                .formatted(situation.memory().pagesFor(pool), node));
    }

    /** How many pages of the usual size there have to be. */
    private static long count(Situation situation, Hugepages hugepages) {
        long pageBytes = hugepages.usualPageBytes();
        Pool pool =
                hugepages.pools().stream()
                        .filter(each -> each.pageBytes() == pageBytes)
                        .findFirst()
                        .orElse(new Pool(pageBytes, 0, 0));
        return situation.memory().pagesFor(pool);
    }

    private static String describe(Pool pool) {
        String size = Sizes.of(pool.pageBytes());
        return pool.total() == 0
                ? "none of " + size
                : pool.free() + " of " + pool.total() + " of " + size + " free";
    }

    private static boolean taken(Hugepages hugepages) {
        return hugepages.pools().stream().anyMatch(pool -> pool.free() < pool.total());
    }

    private static String describe(List<HugepageHolders.Holder> holders) {
        if (holders.isEmpty()) {
            return "; who has the others isn't seen from here";
        }
        String some =
                holders.stream()
                        .limit(HOLDERS_SHOWN)
                        .map(each -> each.describe() + " has " + Sizes.of(each.bytes()))
                        .collect(joining(", "));
        int others = holders.size() - HOLDERS_SHOWN;
        return "; " + some + (others > 0 ? " and " + others + " others have some" : "");
    }

    private static Finding more(Situation situation, Hugepages hugepages) {
        long pageBytes = hugepages.usualPageBytes();
        long reserved =
                hugepages.pools().stream()
                        .filter(pool -> pool.pageBytes() == pageBytes)
                        .mapToLong(Pool::total)
                        .sum();
        long wanted = count(situation, hugepages) - reserved;
        long obtainable = hugepages.obtainable(pageBytes);
        String seen = "%d more of %s could be made".formatted(obtainable, Sizes.of(pageBytes));
        if (wanted <= obtainable) {
            return Finding.ok("hugepages.fragmentation", "Free memory", seen);
        }
        if (hugepages.freeMemory() < wanted * pageBytes) {
            return Finding.warning("hugepages.memory", "Free memory", seen)
                    .means(wanted + " are missing, and the machine has not that much memory free")
                    .mendedBy("end programs that take much memory")
                    .on(Transport.OF_SPDK);
        }
        return Finding.warning("hugepages.fragmentation", "Free memory", seen)
                .means(wanted + " are missing; there is memory, but in smaller pieces")
                .mendedBy(
                        situation.commands().write("1", "/proc/sys/vm/compact_memory"),
                        situation
                                .commands()
                                .setup(
                                        "reserve --count %d --persist=cmdline"
                                                .formatted(count(situation, hugepages))))
                .on(Transport.OF_SPDK);
    }

    private static Finding left(Situation situation, List<String> files) {
        return Finding.warning(
                        "hugepages.left", SUBJECT, "files that no process has: " + files.size())
                .means("processes that were killed left them, and they hold their pages")
                .mendedBy(situation.commands().asRoot("rm " + String.join(" ", patterns(files))))
                .on(Transport.OF_SPDK);
    }

    /** The hundreds of files that one process of DPDK's may leave differ in their last number. */
    private static List<String> patterns(List<String> files) {
        Map<String, List<String>> sets =
                files.stream().collect(groupingBy(HugepagesCheck::stem, TreeMap::new, toList()));
        return sets.entrySet().stream()
                .map(
                        set ->
                                set.getValue().size() > 1
                                        ? Commands.quoted(set.getKey()) + "*"
                                        : Commands.quoted(set.getValue().getFirst()))
                .toList();
    }

    private static String stem(String file) {
        return file.replaceFirst("(map_)\\d+$", "$1");
    }
}
