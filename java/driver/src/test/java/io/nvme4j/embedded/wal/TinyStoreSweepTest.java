// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.embedded.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.Controller;
import io.nvme4j.embedded.CrashLog;
import io.nvme4j.embedded.CrashPoint;
import io.nvme4j.embedded.CrashReport;
import io.nvme4j.embedded.CrashSweep;
import io.nvme4j.embedded.EmbeddedDrive;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** A store that is right survives all cuts, and no mistake that is planted in it does. */
class TinyStoreSweepTest {
    private static final int TRANSACTIONS = 10;
    private static final List<Transaction> WORK = work();

    private record Transaction(int key, int value, int otherKey, int otherValue) {
        int[] after(int[] before) {
            int[] values = before.clone();
            values[key] = value;
            values[otherKey] = otherValue;
            return values;
        }
    }

    /** What a check does after it has looked. */
    private static final Transaction EXTRA = new Transaction(0, 7777, 3, 8888);

    private record Begun(int number) {}

    private record Returned(int number) {}

    private static List<Transaction> work() {
        Random random = new Random(1);
        List<Transaction> work = new ArrayList<>();
        for (int i = 0; i < TRANSACTIONS; i++) {
            int key = random.nextInt(TinyStore.KEYS);
            int other = (key + 1 + random.nextInt(TinyStore.KEYS - 1)) % TinyStore.KEYS;
            work.add(new Transaction(key, 100 + i, other, 200 + i));
        }
        return work;
    }

    /** What the keys have after so many transactions. */
    private static int[] model(int transactions) {
        int[] values = new int[TinyStore.KEYS];
        for (Transaction transaction : WORK.subList(0, transactions)) {
            values = transaction.after(values);
        }
        return values;
    }

    private static void run(Controller controller, CrashLog log, Set<Mistake> mistakes) {
        try (TinyStore store = TinyStore.open(controller, mistakes)) {
            for (int i = 0; i < TRANSACTIONS; i++) {
                boolean isOfTwo = i % 5 == 2; // which share a Flush
                submit(store, log, i);
                if (isOfTwo) {
                    submit(store, log, ++i);
                }
                if (mistakes.contains(Mistake.RETURNS_BEFORE_THE_FLUSH)) {
                    log.mark(new Returned(i + 1));
                }
                store.force();
                log.mark(new Returned(i + 1));
            }
        }
    }

    private static void submit(TinyStore store, CrashLog log, int number) {
        log.mark(new Begun(number + 1));
        log.label("transaction " + (number + 1));
        Transaction next = WORK.get(number);
        store.submit(next.key, next.value, next.otherKey, next.otherValue);
    }

    private static void check(Controller controller, CrashPoint cut, Set<Mistake> mistakes) {
        int begun = 0;
        int returned = 0;
        for (Object mark : cut.marks()) {
            begun = mark instanceof Begun some ? some.number : begun;
            returned = mark instanceof Returned some ? some.number : returned;
        }
        int[] found;
        try (TinyStore store = TinyStore.open(controller, mistakes)) {
            found = store.values();
            assertTrue(
                    isAllowed(found, returned, begun),
                    Arrays.toString(found) + " after " + returned + " to " + begun);
            store.set(EXTRA.key, EXTRA.value, EXTRA.otherKey, EXTRA.otherValue);
        }
        try (TinyStore store = TinyStore.open(controller, mistakes)) {
            assertEquals(Arrays.toString(EXTRA.after(found)), Arrays.toString(store.values()));
        }
    }

    private static boolean isAllowed(int[] found, int returned, int begun) {
        for (int i = returned; i <= begun; i++) {
            int[] values = model(i);
            if (Arrays.equals(found, values) || Arrays.equals(found, EXTRA.after(values))) {
                return true;
            }
        }
        return false;
    }

    private static CrashReport sweep(Set<Mistake> mistakes) throws Exception {
        return CrashSweep.of(EmbeddedDrive.inMemory(1 << 20).namespaces(2).volatileWriteCache(true))
                .prepare(TinyStore::format)
                .workload((controller, log) -> run(controller, log, mistakes))
                .check((controller, cut) -> check(controller, cut, mistakes))
                .statesOfPoint(1024)
                .recoveries(6)
                .hostCrashes(100)
                .run();
    }

    @Test
    void aStoreThatIsRightSurvivesAllCuts() throws Exception {
        CrashReport report = sweep(Set.of());
        report.verify();
        assertTrue(report.states() > 100 && report.later() > 1_000, report::toString);
    }

    @ParameterizedTest
    @EnumSource
    void aMistakeIsFound(Mistake mistake) throws Exception {
        CrashReport report = sweep(Set.of(mistake));
        assertFalse(report.violations().isEmpty(), report::toString);
        CrashReport.Violation smallest = report.violations().getFirst();
        assertTrue(smallest.toString().contains("lost"), smallest::toString);
    }
}
