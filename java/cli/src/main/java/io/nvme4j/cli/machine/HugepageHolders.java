// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.machine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Who has a machine's hugepages. Processes are looked at once, when this is made. */
public final class HugepageHolders {
    private final Machine machine;
    private final List<Holder> holders;

    /** Of a machine. */
    public HugepageHolders(Machine machine) {
        this.machine = machine;
        this.holders =
                new Processes(machine)
                        .all().stream()
                                .map(
                                        process ->
                                                new Holder(
                                                        machine, process, held(machine, process)))
                                .filter(holder -> holder.bytes > 0)
                                .sorted(Comparator.comparingLong(Holder::bytes).reversed())
                                .toList();
    }

    /**
     * A process that has hugepages mapped.
     *
     * @param bytes how much of them
     */
    public record Holder(Machine machine, String process, long bytes) {
        /** Its name and number. */
        public String describe() {
            return new Processes(machine).describe(process);
        }
    }

    /**
     * The processes that have any, those with most first; pages that several share count for each.
     */
    public List<Holder> all() {
        return holders;
    }

    private static long held(Machine machine, String process) {
        String field = Processes.field(machine, process, "HugetlbPages");
        return Numbers.decimal(field.replaceFirst("\\s*kB$", "")).orElse(0) * 1024;
    }

    /**
     * Files in hugetlbfs directories that no process has mapped: left behind by one that was
     * killed, they hold their pages until they are removed. Empty where another user's processes,
     * whose files can't be seen, may have them.
     */
    public List<String> leftFiles() {
        List<String> files = files();
        if (files.isEmpty()) {
            return files;
        }
        for (Holder holder : holders) {
            List<String> maps = machine.lines("/proc/" + holder.process + "/maps");
            if (maps.isEmpty()) {
                return List.of();
            }
            files.removeIf(file -> maps.stream().anyMatch(line -> line.contains(file)));
        }
        return files;
    }

    private List<String> files() {
        List<String> files = new ArrayList<>();
        for (MountTable.Hugetlbfs mount : new MountTable(machine).hugetlbfs()) {
            for (String name : machine.children(mount.directory())) {
                files.add(mount.directory() + "/" + name);
            }
        }
        return files;
    }
}
