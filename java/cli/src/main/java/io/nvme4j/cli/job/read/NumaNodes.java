// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job.read;

import io.nvme4j.cli.job.option.Setting;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads where on the machine's NUMA nodes a job's threads and buffers are. */
final class NumaNodes {
    private static final Path NODES = Path.of("/sys/devices/system/node");
    private static final Pattern POLICY =
            Pattern.compile("(default|local)|(?:prefer|bind|interleave):(.+)");

    private NumaNodes() {}

    /** The processors of the nodes that {@code numa_cpu_nodes} names. */
    static List<Integer> processors(Setting setting) {
        return nodes(setting, setting.value()).stream()
                .flatMap(node -> processors(setting, node).stream())
                .toList();
    }

    /** The node that {@code numa_mem_policy} names, or -1 for any. */
    static int memory(Setting setting) {
        Matcher matcher = POLICY.matcher(setting.value().strip());
        if (!matcher.matches()) {
            throw setting.wrong("it is default, local, prefer:0, bind:0 or interleave:0-1");
        }
        if (matcher.group(1) != null) {
            return -1;
        }
        List<Integer> nodes = nodes(setting, matcher.group(2));
        nodes.forEach(node -> processors(setting, node));
        return nodes.size() == 1 ? nodes.getFirst() : -1;
    }

    private static List<Integer> nodes(Setting setting, String text) {
        String list = text.strip().equals("all") ? read(setting, "online") : text;
        return numbers(setting, list);
    }

    private static List<Integer> processors(Setting setting, int node) {
        String name = "node" + node;
        if (!Files.isDirectory(NODES.resolve(name))) {
            throw setting.wrong("there is no NUMA node " + node);
        }
        return numbers(setting, read(setting, name + "/cpulist"));
    }

    private static List<Integer> numbers(Setting setting, String list) {
        try {
            return Processors.parse("[" + list.strip() + "]");
        } catch (IllegalArgumentException e) {
            throw setting.wrong("'" + list.strip() + "' is no list of numbers, such as 0-1");
        }
    }

    private static String read(Setting setting, String name) {
        try {
            return Files.readString(NODES.resolve(name));
        } catch (IOException e) {
            throw setting.wrong("the kernel doesn't say which NUMA nodes there are");
        }
    }
}
