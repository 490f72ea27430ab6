// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.doctor;

import io.nvme4j.TransportId;
import io.nvme4j.cli.doctor.situation.Commands;
import io.nvme4j.cli.doctor.situation.Goal;
import io.nvme4j.cli.doctor.situation.JavaRuntime;
import io.nvme4j.cli.doctor.situation.NativeParts;
import io.nvme4j.cli.doctor.situation.Situation;
import io.nvme4j.cli.doctor.situation.SpdkMemory;
import io.nvme4j.cli.doctor.situation.Transport;
import io.nvme4j.cli.machine.PciBus;
import io.nvme4j.cli.machine.Tree;
import io.nvme4j.error.NvmeException;

import java.nio.file.Path;
import java.util.List;

/**
 * A machine on which all is well: two NUMA nodes, hugepages on both, an IOMMU, and a drive that
 * vfio-pci has. Tests break it.
 */
public final class HealthyMachine extends Tree {
    public static final String DRIVE = "0000:01:00.0";
    static final String POOL = "/sys/kernel/mm/hugepages/hugepages-2048kB";
    static final String NODES = "/sys/devices/system/node/";
    static final String PROCESSORS = "/sys/devices/system/cpu/";

    JavaRuntime java = new JavaRuntime(25, "25.0.1", "/usr/lib/jvm/25", true, List.of());
    NativeParts natives =
            transport ->
                    transport == Transport.EMBEDDED
                            ? "libnvme4j.so, ABI 3"
                            : "SPDK v26.05 with DPDK 25.11.0";

    public HealthyMachine(Path root) {
        super(root);
        pages(512, 512).nodePages(0, 256, 256).nodePages(1, 256, 256);
        file("/proc/meminfo", "MemAvailable: 8000000 kB", "Hugepagesize:    2048 kB");
        file("/proc/buddyinfo", buddies(0, 500), buddies(1, 500));
        file("/proc/mounts", "nodev /dev/hugepages hugetlbfs rw,relatime,pagesize=2M 0 0");
        file("/proc/swaps", "Filename Type Size Used Priority");
        file("/proc/cpuinfo", "vendor_id : GenuineIntel");
        file("/proc/cmdline", "root=/dev/sda1 intel_iommu=on");
        file("/proc/self/mountinfo", "20 1 0:30 / /proc rw - proc proc rw");
        file("/proc/self/cgroup", "0::/user.slice/session.scope");
        memlock("unlimited").user(1000, "0-1", "0-3");
        directory("/dev/hugepages");
        file("/dev/vfio/vfio");
        file("/sys/class/iommu/dmar0/intel-iommu/cap", "d2008c222f0686");
        directory("/sys/bus/pci/drivers/vfio-pci");
        directory("/sys/module/vfio_iommu_type1");
        drive(DRIVE, "vfio-pci");
        directory("/sys/class/infiniband/mlx5_0");
        for (int processor = 0; processor < 4; processor++) {
            governor(processor, "performance");
        }
        file(PROCESSORS + "isolated", "2-3");
        file(PROCESSORS + "nohz_full", "2-3");
    }

    public HealthyMachine pages(int total, int free) {
        file(POOL + "/nr_hugepages", "" + total).file(POOL + "/free_hugepages", "" + free);
        return this;
    }

    HealthyMachine nodePages(int node, int total, int free) {
        String pool = NODES + "node" + node + "/hugepages/hugepages-2048kB";
        file(pool + "/nr_hugepages", "" + total).file(pool + "/free_hugepages", "" + free);
        return this;
    }

    /** A line of /proc/buddyinfo that has so many pieces of 2 MiB, and many smaller ones. */
    static String buddies(int node, int pieces) {
        return "Node %d, zone Normal 90000 9000 900 90 9 9 9 9 9 %d 0".formatted(node, pieces);
    }

    public HealthyMachine memlock(String limit) {
        file(
                "/proc/self/limits",
                "Limit                     Soft Limit           Hard Limit           Units",
                "Max locked memory         " + limit + "            unlimited            bytes");
        return this;
    }

    HealthyMachine user(int uid, String nodes, String processors) {
        file(
                "/proc/self/status",
                "Name:\tjava",
                "Uid:\t%d\t%d\t%d\t%d".formatted(uid, uid, uid, uid),
                "CapEff:\t" + (uid == 0 ? "000001ffffffffff" : "0000000000000000"),
                "Cpus_allowed_list:\t" + processors,
                "Mems_allowed_list:\t" + nodes);
        file(
                "/proc/self/maps",
                "7ffc00000000-7ffd00000000 rw-p 00000000 00:00 0 [stack]",
                "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 [vsyscall]");
        return this;
    }

    HealthyMachine governor(int processor, String name) {
        file(PROCESSORS + "cpu" + processor + "/cpufreq/scaling_governor", name);
        return this;
    }

    /** A library that can't be loaded: SPDK's, or all. */
    public void breakLibrary(Transport first, String message) {
        NativeParts healthy = natives;
        natives =
                transport -> {
                    if (transport.compareTo(first) >= 0) {
                        throw new NvmeException(message);
                    }
                    return healthy.load(transport);
                };
    }

    /** What doctor says of it, without -r. */
    public Diagnosis examine() {
        return Doctor.examine(situation(Goal.ofMachine(new PciBus(machine()).nvmeDrives())));
    }

    /** What doctor says of it with -r. */
    public Diagnosis examine(String transportId) {
        return Doctor.examine(situation(Goal.of(new TransportId(transportId))));
    }

    public Situation situation(Goal goal) {
        return new Situation(
                machine(),
                java,
                natives,
                goal,
                new Commands(false, "hugepages-setup", "./nvme4j"),
                "ann",
                new SpdkMemory(32 << 20, 256 << 20));
    }
}
