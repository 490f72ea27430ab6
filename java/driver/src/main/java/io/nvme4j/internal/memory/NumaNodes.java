// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.memory;

import java.nio.file.Files;
import java.nio.file.Path;

/** The NUMA nodes of this machine. */
final class NumaNodes {
    private static final Path DIRECTORY = Path.of("/sys/devices/system/node");

    private NumaNodes() {}

    /**
     * Checks that memory can be asked for on a node, or on any; where the kernel knows of none, 0
     * is all that there is.
     *
     * @throws IllegalArgumentException if there is no such node
     */
    static void check(int node) {
        if (node != DmaMemory.ANY_NODE
                && node != 0
                && !Files.exists(DIRECTORY.resolve("node" + node))) {
            throw new IllegalArgumentException("the machine has no NUMA node " + node);
        }
    }
}
