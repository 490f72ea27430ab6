// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

class PciBusTest {
    @TempDir Path root;
    private Tree tree;

    @BeforeEach
    void makeTree() {
        tree = new Tree(root);
    }

    private List<NvmeDrive> find() {
        return new PciBus(tree.machine()).nvmeDrives();
    }

    @Test
    void findsNvmeDrivesOnly() {
        tree.file("/sys/bus/pci/devices/0000:00:1f.2/class", "0x010601");
        tree.drive("0000:02:00.0", "vfio-pci").drive("0000:01:00.0", "nvme");
        tree.drive("0000:03:00.0", "").kernelDrive("0000:01:00.0");
        tree.file("/sys/bus/pci/devices/0000:03:00.0/numa_node", "-1");
        NvmeDrive expected =
                new NvmeDrive(
                        "0000:01:00.0",
                        "144d:a80a",
                        "nvme",
                        "nvme0",
                        "A Drive",
                        List.of("nvme0n1"),
                        OptionalInt.of(0),
                        "1");
        assertEquals(
                List.of("0000:01:00.0", "0000:02:00.0", "0000:03:00.0"),
                find().stream().map(NvmeDrive::address).toList());
        assertEquals(expected, find().getFirst());
        assertEquals("trtype:PCIE traddr:0000:01:00.0", expected.transportId());
        assertFalse(expected.isForUserSpace());
        assertTrue(find().get(1).usesVfio());
        assertEquals(OptionalInt.empty(), find().get(2).numaNode());
        assertEquals("", find().get(2).driver());
    }

    @Test
    void pathsOfOneNamespaceAreItsBlockDevice() {
        tree.drive("0000:01:00.0", "nvme")
                .kernelDrive("0000:01:00.0")
                .directory("/sys/bus/pci/devices/0000:01:00.0/nvme/nvme0/nvme0c0n1")
                .directory("/sys/bus/pci/devices/0000:01:00.0/nvme/nvme0/power");
        assertEquals(List.of("nvme0n1"), find().getFirst().namespaces());
    }

    @Test
    void machineWithoutPciHasNone() {
        assertEquals(List.of(), find());
    }

    @ParameterizedTest
    @CsvSource({
        "01:00.0, 0000:01:00.0",
        "0000:01:00.0, 0000:01:00.0",
        "10000:E1:00.7, 10000:e1:00.7",
        "1:2.3, 0000:01:02.3",
        "nvme0, nvme0"
    })
    void addressesAreWrittenAsTheKernelDoes(String address, String expected) {
        assertEquals(expected, PciBus.normalize(address));
    }
}
