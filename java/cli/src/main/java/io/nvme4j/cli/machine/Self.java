// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.machine;

import java.util.BitSet;
import java.util.OptionalLong;

/** What this process may do, by /proc/self. */
public final class Self {
    private static final int CAP_IPC_LOCK = 14;
    private static final int CAP_SYS_ADMIN = 21;

    private final Machine machine;

    /** Of this process on that machine. */
    public Self(Machine machine) {
        this.machine = machine;
    }

    /** Whether it runs as root. */
    public boolean isRoot() {
        return status("Uid").strip().split("\\s+", -1)[0].equals("0");
    }

    /** Whether the limit on locked memory isn't for it. */
    public boolean mayLockAnything() {
        return has(CAP_IPC_LOCK);
    }

    /** Whether it is shown physical addresses. */
    public boolean seesPhysicalAddresses() {
        return has(CAP_SYS_ADMIN);
    }

    private boolean has(int capability) {
        try {
            return (Long.parseUnsignedLong(status("CapEff"), 16) >>> capability & 1) != 0;
        } catch (NumberFormatException e) {
            return isRoot();
        }
    }

    /** Most bytes that it may lock; empty for no limit, or one that isn't known. */
    public OptionalLong lockedMemoryLimit() {
        String name = "Max locked memory";
        return machine.lines("/proc/self/limits").stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()).strip().split("\\s+", -1)[0])
                .map(Numbers::decimal)
                .findFirst()
                .orElse(OptionalLong.empty());
    }

    /** Processors that it may run on. */
    public BitSet processors() {
        return Numbers.list(status("Cpus_allowed_list"));
    }

    /** NUMA nodes that it may have memory of. */
    public BitSet memoryNodes() {
        return Numbers.list(status("Mems_allowed_list"));
    }

    /** Bits of the highest address at which it has memory; 0 where not known. */
    public int addressBits() {
        return machine.lines("/proc/self/maps").stream()
                .map(line -> line.replaceFirst("[ ].*", "").replaceFirst(".*-", ""))
                .mapToLong(Self::address)
                .filter(end -> end > 0) // without the kernel's half
                .mapToInt(end -> Long.SIZE - Long.numberOfLeadingZeros(end - 1))
                .max()
                .orElse(0);
    }

    private static long address(String digits) {
        try {
            return Long.parseUnsignedLong(digits, 16);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private String status(String key) {
        return Processes.field(machine, "self", key);
    }
}
