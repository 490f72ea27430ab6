// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.look;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.cli.Cli;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

class IdentifyTest {
    private static final String TWO = "trtype:EMBEDDED size:1M block:4096 namespaces:2";

    @Test
    void printsControllerLimitsAndNamespaces() {
        String out = Cli.run("identify", "-r", TWO).assertOk().out();
        for (String part :
                new String[] {
                    "Serial Number",
                    "Model Number",
                    "Firmware Revision",
                    "Subsystem Qualified Name",
                    "Max Data Transfer Size",
                    "Maximum Queue Entries",
                    "I/O Queue Pairs",
                    "Memory Page Size Minimum",
                    "SGLs",
                    "Namespace 1",
                    "Namespace 2",
                    "256 blocks, 1 MiB",
                    "#0 4096+0"
                }) {
            assertTrue(out.contains(part), part + " is not in: " + out);
        }
    }

    @Test
    void printsJson() {
        Map<String, Object> document =
                Cli.run("identify", "-r", TWO, "--output-format=json").assertOk().json();
        assertEquals(256.0, Cli.numberAt(document, "namespaces.1.size"));
        assertEquals(4096.0, Cli.numberAt(document, "namespaces.1.blockSize"));
        assertTrue(Cli.numberAt(document, "limits.maximumTransferSize") >= 4096);
        assertTrue(Cli.at(document, "controller.serialNumber").toString().length() > 3);
    }

    @Test
    void showsOnlyTheNamespaceThatIsSelected() {
        Map<String, Object> document =
                Cli.run("identify", "-r", TWO + " ns:2", "--output-format=json").assertOk().json();
        assertEquals(1, ((List<?>) Cli.at(document, "namespaces")).size());
        assertEquals(2.0, Cli.numberAt(document, "namespaces.0.namespaceId"));
    }

    @Test
    void withoutATransportIdItIsOfTheBuiltInController() {
        assertTrue(Cli.run("identify").assertOk().out().contains("trtype:EMBEDDED"));
    }
}
