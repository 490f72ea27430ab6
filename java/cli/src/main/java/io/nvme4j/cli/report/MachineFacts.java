// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.report;

import io.nvme4j.cli.machine.Machine;
import io.nvme4j.cli.text.VersionText;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What the benchmark runs on. */
final class MachineFacts {
    private static final double KIBI_PER_GIBI = 1 << 20;

    private MachineFacts() {}

    static Map<String, String> read() {
        Machine machine = Machine.local();
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("processor", processor(machine));
        facts.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
        facts.put("memory", memory(valueOf(machine, "/proc/meminfo", "MemTotal")));
        facts.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        facts.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
        facts.put("clock", ClockFacts.measure().text());
        facts.put("nvme4j", VersionText.version());
        return facts;
    }

    /** The kernel says it in kB of 1024 bytes. */
    private static String memory(String text) {
        String digits = text.replaceAll("\\D", "");
        return digits.isEmpty()
                ? text
                : String.format(Locale.ROOT, "%.1f GiB", Long.parseLong(digits) / KIBI_PER_GIBI);
    }

    private static String processor(Machine machine) {
        String name = valueOf(machine, "/proc/cpuinfo", "model name");
        return name.isEmpty() ? System.getProperty("os.arch") : name;
    }

    /** The first value of a key in one of the kernel's files, or nothing. */
    private static String valueOf(Machine machine, String file, String key) {
        return machine.lines(file).stream()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("");
    }
}
