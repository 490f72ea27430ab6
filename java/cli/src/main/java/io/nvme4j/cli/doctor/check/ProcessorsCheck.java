// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.doctor.check;

import io.nvme4j.cli.doctor.situation.Situation;
import io.nvme4j.cli.machine.Machine;
import io.nvme4j.cli.machine.Numbers;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.TreeSet;

/** What makes figures unsteady: clocks that vary, processors that are shared. */
public final class ProcessorsCheck implements Check {
    private static final String DIRECTORY = "/sys/devices/system/cpu/";
    private static final String SUBJECT = "Processors";

    @Override
    public List<Finding> look(Situation situation) {
        return List.of(governor(situation), sharing(situation), isolation(situation));
    }

    private static Finding governor(Situation situation) {
        Machine machine = situation.machine();
        TreeSet<String> governors = new TreeSet<>();
        for (String processor : machine.children(DIRECTORY)) {
            machine.text(DIRECTORY + processor + "/cpufreq/scaling_governor")
                    .ifPresent(governors::add);
        }
        String id = "cpu.governor";
        String subject = "CPU frequency";
        if (governors.isEmpty()) {
            return Finding.notApplicable(id, subject, "not the machine's to set");
        }
        String seen = "governor " + String.join(", ", governors);
        return governors.size() == 1 && governors.first().equals("performance")
                ? Finding.ok(id, subject, seen)
                : Finding.warning(id, subject, seen)
                        .means("latencies have the time in them that a processor takes to speed up")
                        .mendedBy(
                                situation
                                        .commands()
                                        .writeAll(
                                                "performance",
                                                DIRECTORY + "cpu*/cpufreq/scaling_governor"));
    }

    private static Finding sharing(Situation situation) {
        BitSet allowed = situation.self().processors();
        String id = "cpu.count";
        String seen = allowed.cardinality() + " for this process: " + text(allowed);
        if (allowed.isEmpty()) {
            return Finding.notApplicable(id, SUBJECT, "not known");
        }
        return allowed.cardinality() > 1
                ? Finding.ok(id, SUBJECT, seen)
                : Finding.warning(id, SUBJECT, seen)
                        .means("a thread that polls leaves none for the JVM's own threads")
                        .mendedBy(another(situation));
    }

    private static String another(Situation situation) {
        String online = situation.machine().text(DIRECTORY + "online").orElse("");
        return online.equals("0")
                ? "give the virtual machine another processor"
                : "taskset --cpu-list 0-1 %s (docker run --cpuset-cpus=0-1)"
                        .formatted(situation.commands().nvme4j("..."));
    }

    private static Finding isolation(Situation situation) {
        Machine machine = situation.machine();
        BitSet isolated = Numbers.list(machine.text(DIRECTORY + "isolated").orElse(""));
        BitSet quiet = Numbers.list(machine.text(DIRECTORY + "nohz_full").orElse(""));
        String id = "cpu.isolation";
        String subject = "Isolation";
        if (isolated.isEmpty()) {
            return Finding.ok(
                    id, subject, "no processor is isolated, which the longest latencies show");
        }
        BitSet ticking = (BitSet) isolated.clone();
        ticking.andNot(quiet);
        String seen = "isolated: " + text(isolated);
        List<String> missing = new ArrayList<>();
        if (!ticking.isEmpty()) {
            missing.add("nohz_full=" + text(isolated));
            missing.add("rcu_nocbs=" + text(isolated));
        }
        return missing.isEmpty()
                ? Finding.ok(
                        id, subject, seen + "; use them with bench -c [" + text(isolated) + "]")
                : Finding.warning(id, subject, seen + ", with the clock's ticks")
                        .means("each tick interrupts a thread that polls there")
                        .mendedBy(
                                "add %s to GRUB_CMDLINE_LINUX in /etc/default/grub, run %s, and reboot"
                                        .formatted(
                                                String.join(" ", missing),
                                                situation.commands().asRoot("update-grub")));
    }

    /** As the kernel writes it: 2-3,8. */
    private static String text(BitSet numbers) {
        List<String> ranges = new ArrayList<>();
        for (int first = numbers.nextSetBit(0); first >= 0; ) {
            int end = numbers.nextClearBit(first);
            ranges.add(end == first + 1 ? "" + first : first + "-" + (end - 1));
            first = numbers.nextSetBit(end);
        }
        return String.join(",", ranges);
    }
}
