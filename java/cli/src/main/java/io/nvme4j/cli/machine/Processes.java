// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.machine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** The processes of a machine, as far as this one is shown them. */
final class Processes {
    private static final Pattern DEVICE = Pattern.compile("/dev/(nvme|ng|vfio|uio).*");

    private final Machine machine;

    Processes(Machine machine) {
        this.machine = machine;
    }

    /** Their identifiers, in the kernel's own order of text. */
    List<String> all() {
        return machine.children("/proc").stream()
                .filter(name -> Numbers.decimal(name).isPresent())
                .toList();
    }

    /** A process for people: its program and number. */
    String describe(String process) {
        return program(process) + " (process " + process + ")";
    }

    /** Of the command line, as some programs give their threads other names; else the name. */
    private String program(String process) {
        String command = machine.text("/proc/" + process + "/cmdline").orElse("");
        String file = command.split("\0", 2)[0];
        return file.isEmpty()
                ? machine.text("/proc/" + process + "/comm").orElse("?")
                : file.substring(file.lastIndexOf('/') + 1);
    }

    /** A field of a process's status file, or empty. */
    static String field(Machine machine, String process, String key) {
        return machine.lines("/proc/" + process + "/status").stream()
                .filter(line -> line.startsWith(key + ":"))
                .map(line -> line.substring(key.length() + 1).strip())
                .findFirst()
                .orElse("");
    }

    /** Which processes have which device files open that drives may have. */
    Map<String, List<String>> openDevices() {
        Map<String, List<String>> open = new HashMap<>();
        for (String process : all()) {
            for (String file : openDevices(process)) {
                open.computeIfAbsent(file, key -> new ArrayList<>()).add(process);
            }
        }
        return open;
    }

    private Set<String> openDevices(String process) {
        String directory = "/proc/" + process + "/fd";
        Set<String> devices = new HashSet<>();
        for (String descriptor : machine.children(directory)) {
            machine.link(directory + "/" + descriptor)
                    .filter(target -> DEVICE.matcher(target).matches())
                    .ifPresent(devices::add);
        }
        return devices;
    }

    /** Lines of the mounts that any process sees, those of each mount namespace once. */
    List<String> mounts() {
        List<String> mounts = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        List<String> processes = new ArrayList<>(List.of("self"));
        processes.addAll(all());
        for (String process : processes) {
            String namespace = machine.link("/proc/" + process + "/ns/mnt").orElse(process);
            if (seen.add(namespace)) {
                mounts.addAll(machine.lines("/proc/" + process + "/mountinfo"));
            }
        }
        return mounts;
    }
}
