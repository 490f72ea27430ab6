// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.look;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.cli.Cli;

import org.junit.jupiter.api.Test;

import java.util.Map;

class ListTest {
    private static final String TWO = "trtype:EMBEDDED size:1M block:4096 namespaces:2";

    @Test
    void showsControllersAndTransports() {
        String out = Cli.run("list").assertOk().out();
        assertTrue(out.contains("trtype:EMBEDDED"), out);
        assertTrue(out.contains("PCIE, TCP, RDMA, VFIOUSER"), out);
        Map<String, Object> document = Cli.run("list", "--output-format=json").assertOk().json();
        assertEquals("available", Cli.at(document, "transports.EMBEDDED"));
    }

    @Test
    void showsTheNamespacesOfControllers() {
        Cli.Result table = Cli.run("list", "-r", TWO, "-r", "trtype:EMBEDDED size:2M").assertOk();
        assertEquals(4, table.out().lines().count(), table.out());
        Map<String, Object> document =
                Cli.run("list", "-r", TWO, "--output-format=json").assertOk().json();
        assertEquals(2.0, Cli.numberAt(document, "namespaces.1.namespaceId"));
        assertEquals(1048576.0, Cli.numberAt(document, "namespaces.1.sizeInBytes"));
    }
}
