// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.machine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/** What a machine has of hugepages, free and reserved. */
public final class Hugepages {
    private static final String POOLS = "/sys/kernel/mm/hugepages";
    private static final String NODES = "/sys/devices/system/node";
    private static final long PAGE_BYTES = 4096;

    private final Machine machine;

    /** Those of a machine. */
    public Hugepages(Machine machine) {
        this.machine = machine;
    }

    /**
     * The pages of one size.
     *
     * @param pageBytes size of a page
     * @param total pages that are reserved
     * @param free of these, those that nobody has
     */
    public record Pool(long pageBytes, long total, long free) {
        /** Bytes that nobody has. */
        public long freeBytes() {
            return free * pageBytes;
        }
    }

    /** Of the whole machine, by size of page; empty where the kernel has none. */
    public List<Pool> pools() {
        return pools(POOLS);
    }

    /** By NUMA node. */
    public Map<Integer, List<Pool>> poolsOfNodes() {
        Map<Integer, List<Pool>> nodes = new TreeMap<>();
        for (String name : machine.children(NODES)) {
            OptionalLong node = Numbers.decimal(name.replaceFirst("^node", ""));
            if (node.isPresent()) {
                nodes.put((int) node.getAsLong(), pools(NODES + "/" + name + "/hugepages"));
            }
        }
        return nodes;
    }

    /** NUMA nodes that have processors; those of which it isn't known count as such. */
    public List<Integer> nodesWithProcessors() {
        return poolsOfNodes().keySet().stream().filter(node -> hasProcessors(node)).toList();
    }

    /** Bytes that nobody has, on NUMA nodes without processors. */
    public long freeBytesFarFromProcessors() {
        return poolsOfNodes().entrySet().stream()
                .filter(node -> !hasProcessors(node.getKey()))
                .flatMap(node -> node.getValue().stream())
                .mapToLong(Pool::freeBytes)
                .sum();
    }

    private boolean hasProcessors(int node) {
        return !machine.text(NODES + "/node" + node + "/cpulist").orElse("?").isEmpty();
    }

    private List<Pool> pools(String directory) {
        List<Pool> pools = new ArrayList<>();
        for (String name : machine.children(directory)) {
            OptionalLong kib =
                    Numbers.decimal(name.replaceFirst("^hugepages-", "").replaceFirst("kB$", ""));
            if (kib.isPresent()) {
                String pool = directory + "/" + name;
                pools.add(
                        new Pool(
                                kib.getAsLong() * 1024,
                                machine.number(pool + "/nr_hugepages").orElse(0),
                                machine.number(pool + "/free_hugepages").orElse(0)));
            }
        }
        pools.sort(Comparator.comparingLong(Pool::pageBytes));
        return pools;
    }

    /** Size of the pages that are meant where none is named. */
    public long usualPageBytes() {
        return machine.lines("/proc/meminfo").stream()
                        .filter(line -> line.startsWith("Hugepagesize:"))
                        .map(line -> Numbers.decimal(line.split("\\s+", -1)[1]))
                        .findFirst()
                        .orElse(OptionalLong.empty())
                        .orElse(2048)
                * 1024;
    }

    /** Pages of this size that the kernel could make now of free memory, without moving any. */
    public long obtainable(long pageBytes) {
        int order = Long.numberOfTrailingZeros(pageBytes / PAGE_BYTES);
        long pages = 0;
        for (String line : machine.lines("/proc/buddyinfo")) {
            // Node 0, zone Normal, then how many runs of 2^0, 2^1, ... pages are free.
            List<String> fields = Arrays.asList(line.strip().split("\\s+", -1));
            for (int column = 4 + order; column < fields.size(); column++) {
                pages += Numbers.decimal(fields.get(column)).orElse(0) << (column - 4 - order);
            }
        }
        return pages;
    }

    /** Bytes of memory that is free, in runs of whatever length; 0 where not known. */
    public long freeMemory() {
        return machine.lines("/proc/meminfo").stream()
                .filter(line -> line.startsWith("MemAvailable:"))
                .mapToLong(line -> Numbers.decimal(line.split("\\s+", -1)[1]).orElse(0) * 1024)
                .findFirst()
                .orElse(0);
    }
}
