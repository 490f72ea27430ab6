// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.machine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The control groups that this process is in, of version 1 and 2, and their limits. */
public final class Cgroup {
    private static final String MOUNT = "/sys/fs/cgroup";

    private final Machine machine;

    /** Of this process on that machine. */
    public Cgroup(Machine machine) {
        this.machine = machine;
    }

    /**
     * A limit.
     *
     * @param file that says so
     * @param bytes that the group may have
     * @param used of these
     */
    public record Limit(String file, long bytes, long used) {
        /** Bytes that it still may take. */
        public long left() {
            return Math.max(0, bytes - used);
        }
    }

    /** The tightest limit on hugepages of a size; empty for none. */
    public Optional<Limit> hugepages(long pageBytes) {
        String size = pageBytes >= 1 << 30 ? (pageBytes >> 30) + "GB" : (pageBytes >> 20) + "MB";
        String name = "hugetlb." + size + ".";
        return tightest(
                "hugetlb",
                name + "max",
                name + "current",
                name + "limit_in_bytes",
                name + "usage_in_bytes");
    }

    /** The tightest limit on memory; empty for none. */
    public Optional<Limit> memory() {
        return tightest(
                "memory",
                "memory.max",
                "memory.current",
                "memory.limit_in_bytes",
                "memory.usage_in_bytes");
    }

    private Optional<Limit> tightest(
            String controller, String max, String current, String oldMax, String oldCurrent) {
        List<Limit> limits = new ArrayList<>();
        directories(controller, MOUNT + "/" + controller)
                .forEach(group -> limit(group, oldMax, oldCurrent).ifPresent(limits::add));
        directories("", MOUNT).forEach(group -> limit(group, max, current).ifPresent(limits::add));
        return limits.stream().min(Comparator.comparingLong(Limit::left));
    }

    private Optional<Limit> limit(String group, String max, String current) {
        String file = group + "/" + max;
        OptionalLong bytes = machine.number(file);
        // Version 1 writes "no limit" as the greatest number of whole pages.
        return bytes.isPresent() && bytes.getAsLong() < 1L << 60
                ? Optional.of(
                        new Limit(
                                file,
                                bytes.getAsLong(),
                                machine.number(group + "/" + current).orElse(0)))
                : Optional.empty();
    }

    /** The process's group in a hierarchy and those above it, up to what is mounted. */
    private List<String> directories(String controller, String mount) {
        List<String> directories = new ArrayList<>(List.of(mount));
        for (String line : machine.lines("/proc/self/cgroup")) {
            String[] fields = line.split(":", 3); // hierarchy, controllers, path
            if (fields.length == 3
                    && Arrays.asList(fields[1].split(",", -1)).contains(controller)) {
                String directory = mount;
                for (String name : fields[2].split("/", -1)) {
                    if (!name.isEmpty()) {
                        directory += "/" + name;
                        directories.add(directory);
                    }
                }
            }
        }
        return directories;
    }

    /** Name of the container that this process seems to be in, or empty. */
    public String container() {
        if (machine.exists("/run/.containerenv")) {
            return "Podman";
        }
        return machine.exists("/.dockerenv") ? "Docker" : "";
    }
}
