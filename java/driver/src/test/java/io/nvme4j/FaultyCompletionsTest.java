// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nvme4j.embedded.EmbeddedDrive;
import io.nvme4j.embedded.EmbeddedDriveBuilder.Mode;
import io.nvme4j.embedded.EmbeddedServer;
import io.nvme4j.embedded.Fault;
import io.nvme4j.embedded.InjectedFault;
import io.nvme4j.error.CompletionStatus;
import io.nvme4j.error.Errno;
import io.nvme4j.error.NvmeException;
import io.nvme4j.memory.DmaBuffer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A drive whose completions, doorbells and registers go wrong: whatever it does, each command is
 * told of once, and a reset makes the controller work again.
 */
@Timeout(120)
class FaultyCompletionsTest {
    private static final int DEPTH = 8;
    private static final int COMMANDS = 300;
    private static final long PATIENCE_NANOS = 30_000_000;

    @TempDir Path directory;

    private static Map<String, Fault> survived() {
        Fault some = Fault.reads().oneIn(40);
        Map<String, Fault> faults = new TreeMap<>();
        for (Fault fault :
                List.of(
                        some.dropped(),
                        some.lateBy(3),
                        some.late(Duration.ofNanos(1000)),
                        some.twice(),
                        some.wrongCid(3),
                        some.wrongSqhd(5),
                        some.wrongSqhd(0xFFFF),
                        some.wrongPhase(),
                        some.doorbellIgnored(),
                        some.slow(Duration.ofMillis(1)),
                        some.stuck(),
                        Fault.any().atCommand(50).fatal(),
                        Fault.any().atCommand(50).removed(Duration.ofMillis(20)),
                        Fault.any().atCommand(50).throttled(Duration.ofNanos(1000)),
                        Fault.any().atCommand(50).readOnly())) {
            faults.put(fault.toString(), fault);
        }
        return faults;
    }

    /** Those of the built-in driver's borders; SPDK takes a command identifier for an index. */
    private static Map<String, Fault> survivedByTheBuiltIn() {
        Fault some = Fault.reads().oneIn(40);
        Map<String, Fault> faults = new TreeMap<>(survived());
        for (Fault fault : List.of(some.wrongCid(9), some.wrongCid(0xFFFF))) {
            faults.put(fault.toString(), fault);
        }
        return faults;
    }

    @Test
    void eachCommandIsToldOfOnceInline() {
        survivedByTheBuiltIn().values().forEach(fault -> survives(fault, Mode.INLINE));
    }

    @Test
    void eachCommandIsToldOfOnceThreaded() {
        survivedByTheBuiltIn().values().forEach(fault -> survives(fault, Mode.THREADED));
    }

    @Test
    void eachCommandIsToldOfOnceOverSpdk() {
        Optional<String> missing = SpdkTarget.missing();
        assumeTrue(missing.isEmpty(), missing.orElse(""));
        survived().forEach(this::survivesServed);
    }

    private static EmbeddedDrive drive(Fault fault, Mode mode) {
        return EmbeddedDrive.inMemory(1 << 20).seed(7).mode(mode).fault(fault).build();
    }

    private static void survives(Fault fault, Mode mode) {
        try (EmbeddedDrive drive = drive(fault, mode);
                Controller controller = drive.attach()) {
            new Run(controller, fault.toString()).go();
            assertTrue(!drive.history().isEmpty(), fault.toString());
        }
    }

    private void survivesServed(String name, Fault fault) {
        try (EmbeddedDrive drive = drive(fault, Mode.THREADED);
                EmbeddedServer server =
                        EmbeddedServer.start(
                                drive.transportId(), directory.resolve("d" + name.hashCode()));
                Controller controller = Controller.attach(server.transportId().text())) {
            new Run(controller, name).go();
            assertTrue(!drive.history().isEmpty(), name);
        }
    }

    @Test
    void whatIsRemovedForGoodIsGivenUp() {
        try (EmbeddedDrive drive = drive(Fault.any().atCommand(50).removed(), Mode.THREADED);
                Controller controller = drive.attach()) {
            new Run(controller, "removed").goUntilGone();
        }
    }

    @Test
    void whatIsRemovedForGoodIsGivenUpOverSpdk() {
        Optional<String> missing = SpdkTarget.missing();
        assumeTrue(missing.isEmpty(), missing.orElse(""));
        try (EmbeddedDrive drive = drive(Fault.any().atCommand(50).removed(), Mode.THREADED);
                EmbeddedServer server =
                        EmbeddedServer.start(drive.transportId(), directory.resolve("gone"));
                Controller controller = Controller.attach(server.transportId().text())) {
            new Run(controller, "removed").goUntilGone();
        }
    }

    /** Of a queue that nobody resets, as these faults make nobody wait for ever. */
    @Test
    void theHistoryIsTheSameInlineThreadedAndServed() {
        Optional<String> missing = SpdkTarget.missing();
        List<Fault> faults =
                List.of(
                        Fault.reads().oneIn(20).lateBy(2),
                        Fault.reads().oneIn(20).late(Duration.ofNanos(1000)),
                        Fault.reads().oneIn(20).slow(Duration.ofNanos(1000)));
        List<InjectedFault> inline = history(faults, Mode.INLINE, false);
        assertTrue(inline.size() > 10, inline.size() + " faults");
        assertEquals(inline, history(faults, Mode.THREADED, false));
        assumeTrue(missing.isEmpty(), missing.orElse(""));
        assertEquals(inline, history(faults, Mode.THREADED, true));
    }

    private List<InjectedFault> history(List<Fault> faults, Mode mode, boolean isServed) {
        var builder = EmbeddedDrive.inMemory(1 << 20).seed(7).mode(mode);
        faults.forEach(builder::fault);
        try (EmbeddedDrive drive = builder.build()) {
            if (isServed) {
                try (EmbeddedServer server =
                                EmbeddedServer.start(
                                        drive.transportId(), directory.resolve("history"));
                        Controller controller = Controller.attach(server.transportId().text())) {
                    new Run(controller, "history").go();
                }
            } else {
                try (Controller controller = drive.attach()) {
                    new Run(controller, "history").go();
                }
            }
            return drive.history();
        }
    }

    /** Commands one after the other, some at once; where they are lost the controller is reset. */
    private static final class Run {
        private final Controller controller;
        private final String name;
        private final int[] told = new int[COMMANDS];
        private QueuePair queuePair;
        private int submitted;
        private int inFlight;
        private int lost;
        private long lastProgress = System.nanoTime();

        Run(Controller controller, String name) {
            this.controller = controller;
            this.name = name;
            this.queuePair = controller.queuePair(DEPTH);
        }

        void go() {
            try (DmaBuffer buffer = controller.allocate(4096)) {
                while (submitted < COMMANDS || inFlight > 0) {
                    round(buffer);
                }
                queuePair.close();
            }
            for (int tag = 0; tag < COMMANDS; tag++) {
                assertEquals(1, told[tag], name + ": command " + tag);
            }
            assertTrue(lost < COMMANDS, name + ": " + lost + " commands were lost");
        }

        /** Until the controller can't be reset. */
        void goUntilGone() {
            try (DmaBuffer buffer = controller.allocate(4096)) {
                do {
                    submit(buffer);
                } while (!needsReset());
                assertTrue(!isReset(), "the controller is there");
                assertEquals(0, inFlight);
                queuePair.close();
            }
            for (int tag = 0; tag < submitted; tag++) {
                assertEquals(1, told[tag], name + ": command " + tag);
            }
        }

        private void round(DmaBuffer buffer) {
            submit(buffer);
            if (needsReset()) {
                recover();
            }
        }

        private void submit(DmaBuffer buffer) {
            while (submitted < COMMANDS && inFlight < DEPTH) {
                queuePair.read(controller.namespace(1), submitted, 1, buffer, 0, submitted);
                submitted++;
                inFlight++;
            }
        }

        private boolean needsReset() {
            return process() || System.nanoTime() - lastProgress > PATIENCE_NANOS;
        }

        /** Returns whether the queue pair has failed. */
        private boolean process() {
            try {
                queuePair.process(this::onCompletion);
                return false;
            } catch (NvmeException e) {
                return true;
            }
        }

        private void onCompletion(long tag, int status, int result) {
            told[(int) tag]++;
            inFlight--;
            lost += CompletionStatus.errno(status) == Errno.ENXIO ? 1 : 0;
            lastProgress = System.nanoTime();
        }

        private void recover() {
            while (!isReset()) {
                Thread.onSpinWait();
            }
            queuePair.close();
            queuePair = controller.queuePair(DEPTH);
            lastProgress = System.nanoTime();
        }

        /** The queue pair is processed meanwhile, so that it tells of all that it has. */
        private boolean isReset() {
            try {
                controller.reset(0);
            } catch (NvmeException e) {
                while (inFlight > 0 && !process()) {
                    Thread.onSpinWait();
                }
                return false;
            }
            while (inFlight > 0 && !process()) {
                Thread.onSpinWait();
            }
            return true;
        }
    }
}
