// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.doctor.check;

import static java.util.stream.Collectors.joining;

import io.nvme4j.cli.doctor.situation.Situation;
import io.nvme4j.cli.doctor.situation.Transport;
import io.nvme4j.cli.machine.Hugepages;
import io.nvme4j.cli.machine.Hugepages.Pool;
import io.nvme4j.cli.machine.MountTable;
import io.nvme4j.cli.machine.MountTable.Hugetlbfs;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Whether a hugetlbfs is mounted, in which this user can make files. */
public final class HugetlbfsCheck implements Check {
    private static final String SUBJECT = "hugetlbfs";

    @Override
    public List<Finding> look(Situation situation) {
        List<Hugetlbfs> mounts = new MountTable(situation.machine()).hugetlbfs();
        Finding finding =
                missing(situation, mounts)
                        .or(() -> refused(situation, mounts))
                        .or(() -> small(situation, mounts))
                        .map(bad -> bad.on(Transport.OF_SPDK))
                        .orElseGet(() -> Finding.ok("hugetlbfs", SUBJECT, describe(mounts)));
        return List.of(finding);
    }

    private static String describe(List<Hugetlbfs> mounts) {
        return mounts.stream()
                .map(mount -> mount.directory() + ", pages of " + Sizes.of(mount.pageBytes()))
                .collect(joining("; "));
    }

    private static Optional<Finding> missing(Situation situation, List<Hugetlbfs> mounts) {
        if (mounts.isEmpty()) {
            return Optional.of(
                    Finding.error("hugetlbfs.mount", SUBJECT, "not mounted")
                            .means("SPDK has its memory in files there")
                            .mendedBy(situation.commands().setup("mount")));
        }
        List<Pool> reserved =
                new Hugepages(situation.machine())
                        .pools().stream().filter(pool -> pool.total() > 0).toList();
        boolean matches =
                reserved.stream()
                        .anyMatch(
                                pool ->
                                        mounts.stream()
                                                .anyMatch(
                                                        mount ->
                                                                mount.pageBytes()
                                                                        == pool.pageBytes()));
        if (reserved.isEmpty() || matches) {
            return Optional.empty();
        }
        long pageBytes = reserved.getFirst().pageBytes();
        String size = pageBytes >= 1 << 30 ? (pageBytes >> 30) + "G" : (pageBytes >> 20) + "M";
        return Optional.of(
                Finding.error("hugetlbfs.pagesize", SUBJECT, describe(mounts))
                        .means("those that are reserved are of " + Sizes.of(pageBytes))
                        .mendedBy(situation.commands().setup("mount --size " + size)));
    }

    /** SPDK looks at the first for each size of page, and not at others. */
    private static Collection<Hugetlbfs> ofSpdk(List<Hugetlbfs> mounts) {
        Map<Long, Hugetlbfs> first = new LinkedHashMap<>();
        mounts.forEach(mount -> first.putIfAbsent(mount.pageBytes(), mount));
        return first.values();
    }

    private static boolean isWritable(Situation situation, Hugetlbfs mount) {
        return !mount.readOnly() && situation.machine().isWritable(mount.directory());
    }

    private static Optional<Finding> refused(Situation situation, List<Hugetlbfs> mounts) {
        Collection<Hugetlbfs> candidates = ofSpdk(mounts);
        if (candidates.stream().anyMatch(mount -> isWritable(situation, mount))) {
            return Optional.empty();
        }
        Hugetlbfs mount = candidates.iterator().next();
        String directory = mount.directory();
        if (mount.readOnly()) {
            return Optional.of(
                    Finding.error("hugetlbfs.read-only", SUBJECT, directory + " is read-only")
                            .means("SPDK has its memory in files there")
                            .mendedBy(
                                    situation
                                            .commands()
                                            .asRoot("mount -o remount,rw " + directory)));
        }
        return Optional.of(
                Finding.error(
                                "hugetlbfs.rights",
                                SUBJECT,
                                "%s may not write to %s".formatted(situation.user(), directory))
                        .means("SPDK has its memory in files there")
                        .mendedBy(situation.commands().setup("allow " + situation.user())));
    }

    private static Optional<Finding> small(Situation situation, List<Hugetlbfs> mounts) {
        long least = situation.memory().least();
        Hugetlbfs mount = mounts.getFirst();
        OptionalLong limit = mount.limit();
        if (limit.isEmpty() || limit.getAsLong() >= least) {
            return Optional.empty();
        }
        return Optional.of(
                Finding.error(
                                "hugetlbfs.size",
                                SUBJECT,
                                "%s holds %s at most"
                                        .formatted(mount.directory(), Sizes.of(limit.getAsLong())))
                        .means("SPDK needs " + Sizes.of(least) + " at least")
                        .mendedBy(
                                situation
                                        .commands()
                                        .asRoot(
                                                "mount -o remount,size=%dM %s"
                                                        .formatted(
                                                                situation.memory().usual() >> 20,
                                                                mount.directory()))));
    }
}
