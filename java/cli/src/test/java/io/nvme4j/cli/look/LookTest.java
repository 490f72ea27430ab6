// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.look;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.cli.Cli;
import io.nvme4j.cli.Main;
import io.nvme4j.cli.console.ExitCode;
import io.nvme4j.cli.job.read.JobReader;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import picocli.CommandLine;
import picocli.CommandLine.Model.UsageMessageSpec;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** identify, list and help. */
class LookTest {
    private static final String TWO = "trtype:EMBEDDED size:1M block:4096 namespaces:2";

    @Test
    void helpNamesTheOptionsOfJobFiles() {
        String help = Cli.run("bench", "--help").assertOk().out();
        for (String option : JobReader.options()) {
            assertTrue(help.contains(option), option);
        }
    }

    @Test
    void identifyPrintsControllerLimitsAndNamespaces() {
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
    void identifyPrintsJson() {
        Map<String, Object> document =
                Cli.run("identify", "-r", TWO, "--output-format=json").assertOk().json();
        assertEquals(256.0, Cli.numberAt(document, "namespaces.1.size"));
        assertEquals(4096.0, Cli.numberAt(document, "namespaces.1.blockSize"));
        assertTrue(Cli.numberAt(document, "limits.maximumTransferSize") >= 4096);
        assertTrue(Cli.at(document, "controller.serialNumber").toString().length() > 3);
    }

    @Test
    void identifyShowsOnlyTheNamespaceThatIsSelected() {
        Map<String, Object> document =
                Cli.run("identify", "-r", TWO + " ns:2", "--output-format=json").assertOk().json();
        assertEquals(1, ((List<?>) Cli.at(document, "namespaces")).size());
        assertEquals(2.0, Cli.numberAt(document, "namespaces.0.namespaceId"));
    }

    @Test
    void identifyWithoutATransportIdIsOfTheBuiltInController() {
        assertTrue(Cli.run("identify").assertOk().out().contains("trtype:EMBEDDED"));
    }

    @Test
    void listShowsControllersAndTransports() {
        String out = Cli.run("list").assertOk().out();
        assertTrue(out.contains("trtype:EMBEDDED"), out);
        assertTrue(out.contains("PCIE, TCP, RDMA, VFIOUSER"), out);
        Map<String, Object> document = Cli.run("list", "--output-format=json").assertOk().json();
        assertEquals("available", Cli.at(document, "transports.EMBEDDED"));
    }

    @Test
    void listShowsTheNamespacesOfControllers() {
        Cli.Result table = Cli.run("list", "-r", TWO, "-r", "trtype:EMBEDDED size:2M").assertOk();
        assertEquals(4, table.out().lines().count(), table.out());
        Map<String, Object> document =
                Cli.run("list", "-r", TWO, "--output-format=json").assertOk().json();
        assertEquals(2.0, Cli.numberAt(document, "namespaces.1.namespaceId"));
        assertEquals(1048576.0, Cli.numberAt(document, "namespaces.1.sizeInBytes"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "bench --help",
                "compare --help",
                "map --help",
                "list --help",
                "identify --help",
                "doctor --help",
                "help bench"
            })
    void helpGoesToStdout(String arguments) {
        Cli.Result result = Cli.run(arguments.split(" ", -1)).assertOk();
        assertTrue(result.out().startsWith("Usage: nvme4j"), result.out());
        assertTrue(result.out().contains("Examples:"), result.out());
        assertEquals("", result.err());
    }

    /** Picocli formats texts, and tells on stderr of the JVM's which it can't. */
    @Test
    void helpCanBeFormatted() {
        List<String> texts = new ArrayList<>();
        for (CommandLine command : Main.commandLine().getSubcommands().values()) {
            UsageMessageSpec usage = command.getCommandSpec().usageMessage();
            texts.addAll(List.of(usage.description()));
            texts.addAll(List.of(usage.footer()));
        }
        assertTrue(texts.size() > 30, "texts are missing");
        for (String text : texts) {
            assertDoesNotThrow(() -> String.format(Locale.ROOT, text), text);
        }
    }

    @Test
    void doctorFindsTheEmbeddedControllerUsable() {
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
    void doctorSaysWhatMendsAndFails() {
        Cli.Result result = Cli.run("doctor", "-r", "trtype:PCIE traddr:ffff:ff:1f.7");
        assertEquals(ExitCode.FAILURE, result.exitCode());
        assertTrue(result.out().contains("there is no PCI device ffff:ff:1f.7"), result.out());
        assertTrue(result.out().contains("> nvme4j list"), result.out());
        Cli.run("doctor", "-r", "trtype:FLOPPY").assertError(ExitCode.USAGE, "FLOPPY");
    }

    @Test
    void versionNamesItself() {
        assertTrue(Cli.run("--version").assertOk().out().startsWith("nvme4j "));
    }
}
