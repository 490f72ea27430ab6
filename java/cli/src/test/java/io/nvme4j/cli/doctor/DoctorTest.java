// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.cli.Cli;
import io.nvme4j.cli.console.ExitCode;

import org.junit.jupiter.api.Test;

import java.util.Map;

class DoctorTest {
    @Test
    void findsTheEmbeddedControllerUsable() {
        String out = Cli.run("doctor", "-r", "trtype:EMBEDDED").assertOk().out();
        assertTrue(out.contains("Native library  libnvme4j.so"), out);
        assertTrue(out.contains("trtype:EMBEDDED: no errors"), out);
        assertFalse(out.contains("\u001b"), out);
        Map<String, Object> document = Cli.run("doctor", "--json").json();
        assertEquals(true, Cli.at(document, "transports.EMBEDDED.usable"));
        assertEquals("java.version", Cli.at(document, "findings.0.id"));
        assertEquals("ok", Cli.at(document, "findings.0.verdict"));
    }

    @Test
    void saysWhatMendsAndFails() {
        Cli.Result result = Cli.run("doctor", "-r", "trtype:PCIE traddr:ffff:ff:1f.7");
        assertEquals(ExitCode.FAILURE, result.exitCode());
        assertTrue(result.out().contains("there is no PCI device ffff:ff:1f.7"), result.out());
        assertTrue(result.out().contains("> nvme4j list"), result.out());
        Cli.run("doctor", "-r", "trtype:FLOPPY").assertError(ExitCode.USAGE, "FLOPPY");
    }
}
