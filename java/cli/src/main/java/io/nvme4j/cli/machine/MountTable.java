// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.machine;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The hugetlbfs mounts of this process. */
public final class MountTable {
    private final Machine machine;

    /** Of this process on that machine. */
    public MountTable(Machine machine) {
        this.machine = machine;
    }

    /**
     * A mounted hugetlbfs.
     *
     * @param directory where it is mounted
     * @param pageBytes size of its pages
     * @param readOnly whether nothing can be written there
     * @param limit bytes that it may hold; empty for no limit
     */
    public record Hugetlbfs(
            String directory, long pageBytes, boolean readOnly, OptionalLong limit) {}

    /** All of them, in the kernel's order. */
    public List<Hugetlbfs> hugetlbfs() {
        return machine.lines("/proc/mounts").stream()
                .map(line -> line.split(" ", -1))
                .filter(fields -> fields.length > 3 && fields[2].equals("hugetlbfs"))
                .map(fields -> hugetlbfs(fields[1], fields[3].split(",", -1)))
                .toList();
    }

    private Hugetlbfs hugetlbfs(String directory, String[] options) {
        return new Hugetlbfs(
                unescape(directory),
                size(options, "pagesize").orElse(new Hugepages(machine).usualPageBytes()),
                Arrays.asList(options).contains("ro"),
                size(options, "size"));
    }

    private static OptionalLong size(String[] options, String key) {
        Optional<String> value =
                Arrays.stream(options)
                        .filter(option -> option.startsWith(key + "="))
                        .map(option -> option.substring(key.length() + 1))
                        .findFirst();
        return value.map(Numbers::size).orElse(OptionalLong.empty());
    }

    /** Blanks in paths are written as octal numbers. */
    static String unescape(String path) {
        return path.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\");
    }
}
