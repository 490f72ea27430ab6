// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.cli.job.Job;
import io.nvme4j.cli.job.option.Setting;
import io.nvme4j.cli.job.option.Settings;
import io.nvme4j.cli.job.read.JobReader;
import io.nvme4j.cli.load.place.Span;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

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

    /** As fio counts, which has a position for each direction. */
    @Test
    void directionsOfASequenceGoThroughTheRegionEach() {
        List<List<Long>> places = places(source("rw=rw", "bs=4k"));
        for (List<Long> each : places.subList(0, 2)) {
            for (int i = 0; i < each.size(); i++) {
                assertEquals(8L * i, each.get(i));
            }
        }
    }

    @Test
    void sequentialOnesAmongThoseAtRandomGoOnWhereTheLastOneEnded() {
        CommandSource source = source("rw=randread", "bs=4k", "percentage_random=50");
        long end = 0;
        int goOn = 0;
        for (int i = 0; i < COMMANDS; i++) {
            assertTrue(source.next(0, 0));
            goOn += source.startingLba() == end ? 1 : 0;
            end = source.startingLba() + source.blocks();
        }
        assertEquals(COMMANDS / 2, goOn, COMMANDS / 10);
    }

    @Test
    void runsOfBothDirectionsAreCountedTogether() {
        CommandSource source = source("rw=randrw:4", "bs=4k");
        long[] ends = new long[2];
        for (int i = 0; i < COMMANDS; i++) {
            assertTrue(source.next(0, 0));
            boolean goesOn = source.startingLba() == ends[source.direction()];
            assertEquals(i % 4 != 0, goesOn, "command " + i);
            ends[source.direction()] = source.startingLba() + source.blocks();
        }
    }

    @Test
    void listedPlacesComeInTheirOrder() {
        List<Long> reads =
                places(source("rw=randread", "bs=4k", "random_distribution=sequence:2,0,1")).get(0);
        assertEquals(List.of(16L, 0L, 8L, 16L, 0L, 8L), reads.subList(0, 6));
    }

    @Test
    void listedPlacesThatMoveComeBehindTheLastTimes() {
        List<Long> reads =
                places(
                                source(
                                        "rw=randread",
                                        "bs=4k",
                                        "random_distribution=sequence:2,0,1",
                                        "random_sequence_stride=1"))
                        .get(0);
        assertEquals(List.of(16L, 0L, 8L, 40L, 24L, 32L), reads.subList(0, 6));
    }

    /** Of ranges of 64 KiB, 192 KiB apart, in each of which so much is moved. */
    private static CommandSource strided(String rw, int amount) {
        return source(
                rw,
                "bs=16k",
                "zonemode=strided",
                "zonesize=" + amount + "k",
                "zonerange=64k",
                "zoneskip=192k");
    }

    private static List<Long> zones(CommandSource source, int count) {
        List<Long> zones = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            assertTrue(source.next(0, 0));
            assertTrue(source.startingLba() % 512 < 128, "in a gap: " + source.startingLba());
            zones.add(source.startingLba() / 512);
        }
        return zones;
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw=read", "rw=randread", "rw=rw", "rw=randrw"})
    void soMuchIsMovedInAZoneBeforeTheNextOne(String rw) {
        assertEquals(List.of(0L, 0L, 1L, 1L, 2L), zones(strided(rw, 32), 5));
        assertEquals(List.of(0L, 0L, 0L, 0L, 1L), zones(strided(rw, 64), 5));
        assertEquals(List.of(0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 1L), zones(strided(rw, 128), 9));
    }

    @Test
    void eachPassThroughAZoneVisitsEachOfItsPlaces() {
        CommandSource source = strided("rw=randread", 128);
        for (int pass = 0; pass < 6; pass++) {
            Set<Long> places = new TreeSet<>();
            for (int i = 0; i < 4; i++) {
                assertTrue(source.next(0, 0));
                places.add(source.startingLba() % 512);
            }
            assertEquals(Set.of(0L, 32L, 64L, 96L), places);
        }
    }

    @Test
    void afterTheLastZoneComesTheFirst() {
        List<Long> zones = zones(strided("rw=read", 16), (int) BLOCKS / 512 + 2);
        assertEquals(BLOCKS / 512 - 1, zones.get(zones.size() - 3));
        assertEquals(List.of(0L, 1L), zones.subList(zones.size() - 2, zones.size()));
    }

    /** A zone that is shorter than a command has the command begin in it all the same. */
    @Test
    void commandsStayInsideOfTheRegion() {
        List<List<Long>> places =
                places(source("rw=randread", "bs=64k", "random_distribution=zoned_abs:100/4k"));
        assertTrue(places.get(0).stream().allMatch(lba -> lba == 0));
    }
}
