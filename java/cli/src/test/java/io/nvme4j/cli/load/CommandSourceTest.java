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
    private static final long BLOCKS = 1 << 20;

    private static CommandSource source() {
        return source("rw=randrw", "bs=4k");
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

    private static CommandSource source(String... options) {
        List<String> problems = new ArrayList<>();
        Settings settings = new Settings(problems);
        for (String option : options) {
            settings.put(Setting.of(option));
        }
        Job job = JobReader.read(settings, List.of());
        assertEquals(List.of(), problems);
        return new CommandSource(job, new Span(0, BLOCKS), 512, 1, 7);
    }

    /** Where the commands of each direction begin. */
    private static List<List<Long>> places(CommandSource source) {
        List<List<Long>> places = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (int i = 0; i < COMMANDS; i++) {
            assertTrue(source.next(0, 0));
            places.get(source.direction()).add(source.startingLba());
        }
        return places;
    }

    @Test
    void directionsHaveZonesOfTheirOwn() {
        List<List<Long>> places =
                places(source("rw=randrw", "random_distribution=zoned:100/10:0/,0/90:100/"));
        assertTrue(places.get(0).stream().allMatch(lba -> lba <= BLOCKS / 10));
        assertTrue(places.get(1).stream().allMatch(lba -> lba >= BLOCKS / 10 * 9));
    }

    @Test
    void directionWithoutZonesGoesEverywhere() {
        List<List<Long>> places =
                places(source("rw=randrw", "random_distribution=zoned:100/10:0/,"));
        assertTrue(places.get(0).stream().allMatch(lba -> lba <= BLOCKS / 10));
        assertTrue(places.get(1).stream().anyMatch(lba -> lba >= BLOCKS / 10 * 9));
    }

    @Test
    void directionsHaveAlignmentsOfTheirOwn() {
        List<List<Long>> places = places(source("rw=randrw", "bs=4k", "ba=64k,"));
        assertTrue(places.get(0).stream().allMatch(lba -> lba % 128 == 0));
        assertTrue(places.get(1).stream().anyMatch(lba -> lba % 128 != 0));
    }

    @Test
    void directionsHavePercentagesAtRandomOfTheirOwn() {
        List<List<Long>> places = places(source("rw=randrw", "percentage_random=,0"));
        for (int i = 0; i < places.get(1).size(); i++) {
            assertEquals(8L * i, places.get(1).get(i));
        }
        assertTrue(places.get(0).stream().anyMatch(lba -> lba >= BLOCKS / 2));
    }

    /** A zone that is shorter than a command has the command begin in it all the same. */
    @Test
    void commandsStayInsideOfTheRegion() {
        List<List<Long>> places =
                places(source("rw=randread", "bs=64k", "random_distribution=zoned_abs:100/4k"));
        assertTrue(places.get(0).stream().allMatch(lba -> lba == 0));
    }
}
