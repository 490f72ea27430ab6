// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.cli.job.Job;
import io.nvme4j.cli.job.JobReader;
import io.nvme4j.cli.job.Setting;
import io.nvme4j.cli.job.Settings;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Commands come in the order in which they were chosen, each once. */
class CommandSourceTest {
    private static final int COMMANDS = 1000;

    private static CommandSource source() {
        Settings settings = new Settings(new ArrayList<>());
        settings.put(Setting.of("rw=randrw"));
        settings.put(Setting.of("bs=4k"));
        Job job = JobReader.read(settings, List.of());
        return new CommandSource(job, new Span(0, 1 << 20), 512, 1, 7);
    }

    private static String command(CommandSource source) {
        return source.direction() + " " + source.startingLba() + " " + source.blocks();
    }

    private static List<String> plain() {
        CommandSource source = source();
        List<String> commands = new ArrayList<>();
        while (commands.size() < COMMANDS) {
            assertTrue(source.next(0, 0));
            commands.add(command(source));
        }
        return commands;
    }

    @Test
    void neitherLookingAheadNorPuttingBackLosesOrRepeatsACommand() {
        CommandSource source = source();
        Random random = new Random(1);
        List<String> commands = new ArrayList<>();
        while (commands.size() < COMMANDS) {
            if (random.nextBoolean()) {
                source.lookAhead();
            }
            assertTrue(source.next(0, 0));
            if (random.nextBoolean()) {
                source.putBack();
            } else {
                commands.add(command(source));
            }
        }
        assertEquals(plain(), commands);
    }
}
