// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nvme4j.embedded.EmbeddedDrive;
import io.nvme4j.embedded.EmbeddedDriveBuilder;
import io.nvme4j.embedded.EmbeddedServer;
import io.nvme4j.error.CompletionStatus;
import io.nvme4j.error.NvmeException;
import io.nvme4j.memory.DmaBuffer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The power of a served drive is cut while SPDK's host writes to it: each command is told of once,
 * and what a Flush covered is there when power is back.
 */
@Timeout(120)
class ServedPowerCutTest {
    private static final int CUTS = 10;
    private static final int BLOCKS = 64;
    private static final int BLOCK_BYTES = 512;
    private static final int DEPTH = 8;
    private static final int LONGEST_RUN = 2000;
    private static final long SILENCE_NANOS = 50_000_000;

    @TempDir Path directory;

    /** What a host knows of the blocks: numbers of writes; 0 is none. */
    private static final class Account {
        final long[] submitted = new long[BLOCKS];
        final long[] completed = new long[BLOCKS];
        final long[] covered = new long[BLOCKS];
        long last;
    }

    @Test
    void whatWasCoveredIsThereAtTheNextAttach() {
        cutAgainAndAgain(EmbeddedDrive.inMemory(1 << 20), false);
    }

    @Test
    void whatWasCoveredIsThereAfterAReset() {
        cutAgainAndAgain(EmbeddedDrive.inMemory(1 << 20), true);
    }

    @Test
    void whatWasCoveredIsInTheFileToo() {
        cutAgainAndAgain(EmbeddedDrive.inFile(directory.resolve("disk"), 1 << 20), false);
    }

    private void cutAgainAndAgain(EmbeddedDriveBuilder builder, boolean resets) {
        Optional<String> missing = SpdkTarget.missing();
        assumeTrue(missing.isEmpty(), missing.orElse(""));
        Random random = new Random(20261201);
        Account account = new Account();
        try (EmbeddedDrive drive = builder.volatileWriteCache(true).seed(5).build();
                EmbeddedServer server =
                        EmbeddedServer.start(drive.transportId(), directory.resolve("served"))) {
            for (int round = 0; round < CUTS; round++) {
                cutOnce(drive, server, account, random, resets);
            }
        }
        assertTrue(account.last > CUTS);
    }

    private static void cutOnce(
            EmbeddedDrive drive,
            EmbeddedServer server,
            Account account,
            Random random,
            boolean resets) {
        String id = server.transportId().text();
        boolean isFirst = account.last == 0;
        try (Controller controller = Controller.attach(id)) {
            Host host = new Host(controller, account, random);
            host.writeUntilCut(drive);
            host.close();
            if (isFirst && resets) { // it takes some seconds: not each time
                assertThrows(NvmeException.class, () -> controller.reset(0));
            }
            drive.powerOn();
            if (resets) {
                controller.reset(0);
                check(controller, account);
            }
        }
        try (Controller controller = Controller.attach(id)) {
            check(controller, account);
        }
    }

    /** What there is counts from now on: a cut has drawn it, and it is on the medium. */
    private static void check(Controller controller, Account account) {
        try (DmaBuffer buffer = controller.allocate(BLOCK_BYTES);
                QueuePair queuePair = controller.queuePair(1)) {
            for (int lba = 0; lba < BLOCKS; lba++) {
                queuePair.read(controller.namespace(1), lba, 1, buffer, 0, lba);
                assertEquals(0, Completions.drain(queuePair));
                long number = whole(buffer, lba);
                assertTrue(account.covered[lba] <= number, "block " + lba + " was covered");
                assertTrue(number <= account.submitted[lba]);
                account.submitted[lba] = number;
                account.completed[lba] = number;
                account.covered[lba] = number;
            }
        }
    }

    private static long whole(DmaBuffer buffer, int lba) {
        long number = buffer.segment().get(ValueLayout.JAVA_LONG, 0);
        for (int at = 0; at < BLOCK_BYTES; at += 8) {
            assertEquals(number, buffer.segment().get(ValueLayout.JAVA_LONG, at), "block " + lba);
        }
        return number;
    }

    /** Of one block each, no two of which are in flight, and a Flush among sixteen. */
    private static final class Host {
        private static final int FLUSH = -1;

        private final Controller controller;
        private final Account account;
        private final Random random;
        private final QueuePair queuePair;
        private final DmaBuffer buffer;
        private final int[] blocks = new int[DEPTH]; // by slot
        private final long[] numbers = new long[DEPTH];
        private final long[][] snapshots = new long[DEPTH][];
        private final BitSet slots = new BitSet(DEPTH);
        private final BitSet busy = new BitSet(BLOCKS);
        private final AtomicInteger told = new AtomicInteger();

        Host(Controller controller, Account account, Random random) {
            this.controller = controller;
            this.account = account;
            this.random = random;
            this.queuePair = controller.queuePair(DEPTH);
            this.buffer = controller.allocate(DEPTH * BLOCK_BYTES);
        }

        /** What is in flight then never ends by itself. */
        void writeUntilCut(EmbeddedDrive drive) {
            int commands = 1 + random.nextInt(LONGEST_RUN);
            Thread cutter = Thread.ofPlatform().start(() -> cutAfter(drive, commands));
            try {
                while (process() && cutter.isAlive()) {
                    fill();
                }
                awaitSilence();
            } finally {
                cutter.interrupt();
            }
        }

        private void cutAfter(EmbeddedDrive drive, int commands) {
            while (told.get() < commands && !Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait();
            }
            drive.cutPower();
        }

        private void fill() {
            while (slots.cardinality() < DEPTH) {
                int slot = slots.nextClearBit(0);
                slots.set(slot);
                if (random.nextInt(16) == 0) {
                    blocks[slot] = FLUSH;
                    snapshots[slot] = account.completed.clone();
                    queuePair.flush(controller.namespace(1), slot);
                } else {
                    write(slot);
                }
            }
        }

        private void write(int slot) {
            int lba = busy.nextClearBit(random.nextInt(BLOCKS - DEPTH));
            busy.set(lba);
            blocks[slot] = lba;
            numbers[slot] = ++account.last;
            account.submitted[lba] = account.last;
            for (int at = 0; at < BLOCK_BYTES; at += 8) {
                buffer.segment().set(ValueLayout.JAVA_LONG, slot * BLOCK_BYTES + at, account.last);
            }
            queuePair.write(
                    controller.namespace(1), lba, 1, buffer, (long) slot * BLOCK_BYTES, slot);
        }

        /** Returns whether the queue pair works. */
        private boolean process() {
            try {
                queuePair.process(this::onCompletion);
                return true;
            } catch (NvmeException e) {
                return false;
            }
        }

        private void onCompletion(long tag, int status, int result) {
            int slot = (int) tag;
            assertTrue(slots.get(slot), "a command is told of twice");
            slots.clear(slot);
            told.incrementAndGet();
            if (blocks[slot] != FLUSH) {
                busy.clear(blocks[slot]);
            }
            if (CompletionStatus.errno(status) == 0) {
                succeeded(slot);
            }
        }

        private void succeeded(int slot) {
            if (blocks[slot] != FLUSH) {
                account.completed[blocks[slot]] = numbers[slot];
                return;
            }
            for (int lba = 0; lba < BLOCKS; lba++) {
                account.covered[lba] = Math.max(account.covered[lba], snapshots[slot][lba]);
            }
        }

        private void awaitSilence() {
            long end = System.nanoTime() + SILENCE_NANOS;
            while (!slots.isEmpty() && System.nanoTime() < end && process()) {
                Thread.onSpinWait();
            }
        }

        /** A reset ends what the controller never did, also where it fails. */
        void close() {
            assertThrows(NvmeException.class, () -> controller.reset(0));
            while (!slots.isEmpty() && process()) {
                Thread.onSpinWait();
            }
            assertEquals(0, slots.cardinality(), "commands that were never told of");
            queuePair.close();
            buffer.close();
        }
    }
}
