// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.bytes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.internal.bytes.RangeLocks.Range;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** Ranges that overlap are locked one after the other, and in the order in which they came. */
class RangeLocksTest {
    private static final long LONG = TimeUnit.SECONDS.toNanos(60);

    private record Held(Range range, int first, int last) {}

    @Property
    void aRangeIsLockedWhereNoBlockOfItIs(
            @ForAll @Size(max = 100) List<@IntRange(max = 9) Integer> steps, @ForAll long seed) {
        Random random = new Random(seed);
        RangeLocks locks = new RangeLocks();
        boolean[] blocks = new boolean[40];
        List<Held> all = new ArrayList<>();
        for (int step : steps) {
            if (step < 6) {
                int first = random.nextInt(blocks.length);
                int last = Math.min(blocks.length - 1, first + random.nextInt(8));
                boolean isFree = true;
                for (int block = first; block <= last; block++) {
                    isFree &= !blocks[block];
                }
                Range range = locks.lock(first, last, 0);
                assertEquals(isFree, range != null);
                if (range != null) {
                    all.add(new Held(range, first, last));
                    set(blocks, first, last, true);
                }
            } else if (!all.isEmpty()) {
                Held held = all.remove(random.nextInt(all.size()));
                locks.unlock(held.range);
                set(blocks, held.first, held.last, false);
            }
        }
    }

    private static void set(boolean[] blocks, int first, int last, boolean value) {
        for (int block = first; block <= last; block++) {
            blocks[block] = value;
        }
    }

    @Test
    void nobodyOvertakesOneWhoWaitsForTheSameBlocks() throws Exception {
        RangeLocks locks = new RangeLocks();
        Range first = lock(locks, 0, 10);
        CompletableFuture<@Nullable Range> second = inBackground(locks, 5, 20);
        assertNull(locks.lock(15, 30, 0), "the second came before");
        Range apart = lock(locks, 21, 30);
        assertFalse(second.isDone());
        locks.unlock(first);
        Range waited = second.get();
        assertNotNull(waited);
        assertNull(locks.lock(20, 20, 0));
        locks.unlock(waited);
        locks.unlock(apart);
        locks.unlock(lock(locks, 0, 40));
    }

    @Test
    void whoGivesUpIsInNobodysWay() throws Exception {
        RangeLocks locks = new RangeLocks();
        Range first = lock(locks, 0, 10);
        CompletableFuture<@Nullable Range> late =
                CompletableFuture.supplyAsync(
                        () -> locks.lock(10, 20, TimeUnit.MILLISECONDS.toNanos(20)));
        assertNull(late.get());
        locks.unlock(lock(locks, 20, 20));
        locks.unlock(first);
    }

    @Test
    void threadsHaveABlockOneAtATime() throws Exception {
        RangeLocks locks = new RangeLocks();
        AtomicIntegerArray owners = new AtomicIntegerArray(16);
        List<CompletableFuture<Boolean>> all = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Random random = new Random(i);
            all.add(CompletableFuture.supplyAsync(() -> isAlone(locks, owners, random)));
        }
        for (CompletableFuture<Boolean> each : all) {
            assertTrue(each.get());
        }
    }

    private static boolean isAlone(RangeLocks locks, AtomicIntegerArray owners, Random random) {
        boolean isAlone = true;
        for (int round = 0; round < 3000; round++) {
            int first = random.nextInt(owners.length());
            int last = Math.min(owners.length() - 1, first + random.nextInt(4));
            Range range = lock(locks, first, last);
            for (int block = first; block <= last; block++) {
                isAlone &= owners.getAndIncrement(block) == 0;
            }
            Thread.onSpinWait();
            for (int block = first; block <= last; block++) {
                owners.decrementAndGet(block);
            }
            locks.unlock(range);
        }
        return isAlone;
    }

    private static Range lock(RangeLocks locks, long first, long last) {
        Range range = locks.lock(first, last, LONG);
        assertNotNull(range);
        return range;
    }

    /** Returns once the thread waits. */
    private static CompletableFuture<@Nullable Range> inBackground(
            RangeLocks locks, long first, long last) {
        CompletableFuture<@Nullable Range> found = new CompletableFuture<>();
        Thread thread =
                Thread.ofPlatform().start(() -> found.complete(locks.lock(first, last, LONG)));
        while (thread.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        return found;
    }
}
