// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.cli.console.Examples;
import io.nvme4j.cli.job.read.JobReader;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import picocli.CommandLine;
import picocli.CommandLine.Model.UsageMessageSpec;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

class HelpTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "bench --help",
                "compare --help",
                "map --help",
                "list --help",
                "identify --help",
                "serve --help",
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
    void helpNamesTheOptionsOfJobFiles() {
        String help = Cli.run("bench", "--help").assertOk().out();
        for (String option : JobReader.options()) {
            assertTrue(help.contains(option), option);
        }
    }

    /** What stands on a line of its own can be copied, and begins as examples do. */
    @ParameterizedTest
    @ValueSource(ints = {72, 80, 100})
    void examplesAreIndentedWhereTheyAreWrapped(int width) {
        CommandLine main = Main.commandLine();
        List<CommandLine> all = new ArrayList<>(main.getSubcommands().values());
        all.add(main);
        for (CommandLine each : all) {
            String[] wrapped = Examples.wrap(each.getCommandSpec().usageMessage().footer(), width);
            String whole = String.join("\n", wrapped).replaceAll(" \\\\\n +", " ");
            String plain = String.join("\n", each.getCommandSpec().usageMessage().footer());
            assertEquals(plain.replaceAll(" \\\\\n +", " "), whole);
            for (String line : wrapped) {
                assertTrue(!line.startsWith("  ") || line.length() <= width, line);
            }
        }
    }

    @Test
    void versionIsTheOneThatWasBuilt() {
        String out = Cli.run("--version").assertOk().out();
        assertTrue(out.matches("(?s)nvme4j \\d+\\.\\d+\\.\\d+.*"), out);
    }
}
