// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

class OutstandingSlotsTest {
    private record Command(int kind, long lba, int blocks, long submission) {}

    /** Whatever completes in whatever order, each slot has what was put there last. */
    @Property(tries = 200)
    void aSlotKnowsItsCommandUntilItIsDealtWith(
            @ForAll @IntRange(min = 1, max = 20) int depth, @ForAll long seed) {
        Random random = new Random(seed);
        OutstandingSlots slots = new OutstandingSlots(depth, 1, Standby.none());
        Map<Integer, Command> model = new HashMap<>();
        for (int round = 0; round < 50; round++) {
            slots.beginRound();
            List<Integer> completed = new ArrayList<>(model.keySet());
            completed.removeIf(slot -> random.nextBoolean());
            completed.forEach(slots::complete);
            assertEquals(completed.size(), slots.reaped());
            for (int i = 0; i < slots.reaped(); i++) {
                assertEquals(completed.get(i), slots.reaped(i));
                int slot = slots.reaped(i);
                assertKnows(slots, slot, Objects.requireNonNull(model.remove(slot)));
            }
            while (slots.hasRoom() && random.nextInt(4) > 0) {
                Command command =
                        new Command(
                                random.nextInt(Kind.FAILED),
                                random.nextLong() >>> 1,
                                random.nextInt(Integer.MAX_VALUE),
                                round);
                int slot = slots.take();
                slots.put(slot, command.kind, command.lba, command.blocks, command.submission);
                assertFalse(model.containsKey(slot), "a slot is given out once");
                model.put(slot, command);
            }
            assertEquals(model.size(), slots.count());
            model.forEach((slot, command) -> assertKnows(slots, slot, command));
        }
    }

    private static void assertKnows(OutstandingSlots slots, int slot, Command command) {
        assertEquals(command.kind, slots.kind(slot));
        assertEquals(command.lba, slots.startingLba(slot));
        assertEquals(command.blocks, slots.blocks(slot));
        assertEquals(command.submission, slots.submission(slot));
    }

    @Test
    void aCommandThatFailedKeepsItsBlocks() {
        OutstandingSlots slots = new OutstandingSlots(1, 1, Standby.none());
        int slot = slots.take();
        slots.put(slot, Kind.WRITE, 5, 8, 1);
        slots.fail(slot);
        assertKnows(slots, slot, new Command(Kind.FAILED, 5, 8, 1));
    }

    @Test
    void slotsThatAreReusedStayTaken() {
        OutstandingSlots slots = new OutstandingSlots(4, 1, Standby.none());
        while (slots.hasRoom()) {
            slots.put(slots.take(), Kind.WRITE, 0, 1, 0);
        }
        slots.beginRound();
        slots.complete(2);
        slots.complete(0);
        slots.complete(3);
        slots.reuse(slot -> slot == 0);
        assertEquals(2, slots.count());
        assertEquals(3, slots.take());
        assertEquals(2, slots.take());
        assertFalse(slots.hasRoom());
    }

    @Test
    void commandsAreIssuedWhenABatchOfThemHasPlace() {
        OutstandingSlots slots = new OutstandingSlots(4, 2, Standby.none());
        while (slots.hasRoom()) {
            slots.take();
        }
        slots.complete(0);
        assertFalse(slots.isTimeToIssue());
        slots.complete(1);
        assertTrue(slots.isTimeToIssue());
        slots.use(3); // one of the two is not to be used
        assertTrue(slots.hasRoom());
        assertFalse(slots.isTimeToIssue());
    }
}
