// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.Command;
import io.nvme4j.Controller;
import io.nvme4j.Namespace;
import io.nvme4j.QueuePair;
import io.nvme4j.error.NvmeException;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.spec.NvmOpcode;
import io.nvme4j.spec.StatusCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/** Workloads on real queue pairs, recorded, and what cuts may leave of them. */
class CrashSweepTest {
    private static final int BLOCK = 512;
    private static final int DEPTH = 4;
    private static final int FUA = 1 << 30;
    private static final int WRITTEN = 4;
    private static final int STEPS = 9;

    /** Commands that fail, where some do and where they are Writes. */
    private static final int[] FAILING = {2, 4, 6, 8};

    private static EmbeddedDriveBuilder drive() {
        return EmbeddedDrive.inMemory(1 << 20).volatileWriteCache(true);
    }

    /** A host with one queue pair that does one thing after the other. */
    private static final class Host implements AutoCloseable {
        final Namespace namespace;
        final QueuePair queue;
        final DmaBuffer buffer;
        private final boolean mayFail;

        Host(Controller controller) {
            this(controller, false);
        }

        /** Of which commands may fail. */
        Host(Controller controller, boolean mayFail) {
            this.mayFail = mayFail;
            namespace = controller.namespace(1);
            queue = controller.queuePair(8);
            buffer = controller.allocate(8 * BLOCK);
        }

        void submitWrite(long lba, int value, int slot) {
            buffer.segment()
                    .asSlice((long) slot * BLOCK, BLOCK)
                    .set(ValueLayout.JAVA_INT_UNALIGNED, 0, value);
            queue.write(namespace, lba, 1, buffer, (long) slot * BLOCK, 0);
        }

        /** Without waiting for it; of the next part of the buffer. */
        void submit(int lba, int blocks, int value, boolean forced) {
            long offset = (long) queue.inFlight() * 2 * BLOCK;
            for (int i = 0; i < blocks; i++) {
                buffer.segment()
                        .set(ValueLayout.JAVA_INT_UNALIGNED, offset + (long) i * BLOCK, value);
            }
            queue.command(
                    new Command(NvmOpcode.WRITE.value())
                            .namespace(namespace)
                            .data(buffer, offset, (long) blocks * BLOCK)
                            .startingLba(lba)
                            .cdw(12, blocks - 1 | (forced ? FUA : 0)),
                    0);
        }

        /** A Read with FUA, which makes durable what it shows. */
        void readForced(int lba) {
            await();
            queue.command(
                    new Command(NvmOpcode.READ.value())
                            .namespace(namespace)
                            .data(buffer, 0, BLOCK)
                            .startingLba(lba)
                            .cdw(12, FUA),
                    0);
            await();
        }

        void write(long lba, int value) {
            submitWrite(lba, value, 0);
            await();
        }

        void flush() {
            queue.flush(namespace, 0);
            await();
        }

        int read(long lba) {
            queue.read(namespace, lba, 1, buffer, 0, 0);
            await();
            return buffer.segment().get(ValueLayout.JAVA_INT_UNALIGNED, 0);
        }

        void await() {
            while (queue.inFlight() > 0) {
                queue.process((tag, status, result) -> assertTrue(mayFail || status == 0));
            }
        }

        @Override
        public void close() {
            queue.close();
            buffer.close();
        }
    }

    /** Takes down what each state has in its first blocks. */
    private static CrashSweep.Check note(int blocks, Set<List<Integer>> found) {
        return (controller, cut) -> {
            try (Host host = new Host(controller)) {
                List<Integer> values = new ArrayList<>();
                for (int lba = 0; lba < blocks; lba++) {
                    values.add(host.read(lba));
                }
                assertTrue(found.add(values), () -> "twice: " + values);
            }
        };
    }

    private static CrashReport sweep(
            CrashSweep.Workload workload, int blocks, Set<List<Integer>> found) throws Exception {
        CrashReport report =
                CrashSweep.of(drive()).workload(workload).check(note(blocks, found)).run();
        report.verify();
        assertEquals(found.size(), report.states());
        return report;
    }

    @Test
    void tenWritesWithTwoFlushesLeave63States() throws Exception {
        Set<List<Integer>> found = ConcurrentHashMap.newKeySet();
        CrashSweep.Workload workload =
                (controller, log) -> {
                    try (Host host = new Host(controller)) {
                        for (int i = 0; i < 10; i++) {
                            host.write(i, i + 1);
                            if (i % 5 == 4) {
                                host.flush();
                            }
                        }
                    }
                };
        CrashReport report = sweep(workload, 10, found);
        assertEquals(63, report.states(), report::toString);
    }

    @Test
    void tenWritesOfOneBlockLeave11States() throws Exception {
        Set<List<Integer>> found = ConcurrentHashMap.newKeySet();
        CrashSweep.Workload workload =
                (controller, log) -> {
                    try (Host host = new Host(controller)) {
                        for (int i = 0; i < 10; i++) {
                            host.write(0, i + 1);
                            if (i % 5 == 4) {
                                host.flush();
                            }
                        }
                    }
                };
        CrashReport report = sweep(workload, 1, found);
        assertEquals(11, report.states(), report::toString);
    }

    @Test
    void aFlushInTheSameBatchAsAWriteDoesNotCoverIt() throws Exception {
        Set<List<Integer>> found = ConcurrentHashMap.newKeySet();
        CrashSweep.Workload workload =
                (controller, log) -> {
                    try (Host host = new Host(controller)) {
                        for (int i = 0; i < 4; i++) {
                            host.write(i, i + 1);
                        }
                        host.submitWrite(4, 5, 1);
                        host.flush();
                        for (int i = 5; i < 10; i++) {
                            host.write(i, i + 1);
                        }
                        host.flush();
                    }
                };
        CrashReport report = sweep(workload, 10, found);
        assertEquals(94, report.states(), report::toString);
    }

    @Test
    void aForgottenFlushIsFoundAndToldInWords() throws Exception {
        CrashReport report =
                CrashSweep.of(drive())
                        .workload(
                                (controller, log) -> {
                                    try (Host host = new Host(controller)) {
                                        log.label("the record");
                                        host.write(3, 7);
                                        log.mark("returned");
                                        log.label("something else");
                                        host.write(4, 8);
                                        host.flush();
                                    }
                                })
                        .check(
                                (controller, cut) -> {
                                    try (Host host = new Host(controller)) {
                                        assertTrue(host.read(3) == 7 || !cut.has("returned"));
                                    }
                                })
                        .run();
        AssertionError error = assertThrows(AssertionError.class, report::verify);
        assertTrue(error.toString().contains("block 3 of namespace 1"), error.toString());
        assertTrue(error.toString().contains("(the record)"), error.toString());
        assertEquals(1, report.violations().getFirst().lost().size());
    }

    @Test
    void whatACheckWritesIsGoneInTheNextState() throws Exception {
        CrashReport report =
                CrashSweep.of(drive())
                        .prepare(
                                controller -> {
                                    try (Host host = new Host(controller)) {
                                        host.write(100, 42);
                                    }
                                })
                        .workload(
                                (controller, log) -> {
                                    try (Host host = new Host(controller)) {
                                        for (int i = 0; i < 6; i++) {
                                            host.write(i, i + 1);
                                        }
                                    }
                                })
                        .check(
                                (controller, cut) -> {
                                    try (Host host = new Host(controller)) {
                                        assertEquals(42, host.read(100));
                                        assertTrue(host.read(2) == 0 || host.read(2) == 3);
                                        host.write(100, 43);
                                        host.write(2, 99);
                                        assertEquals(43, host.read(100));
                                        assertEquals(99, host.read(2));
                                    }
                                })
                        .run();
        report.verify();
        assertEquals(64, report.states());
    }

    /** A host that stays open from one state to the next. */
    private static final class Reader implements CrashSweep.Checker {
        private final Host host;
        private final Set<Integer> found;

        Reader(Controller controller, Set<Integer> found) {
            this.host = new Host(controller);
            this.found = found;
        }

        @Override
        public void check(CrashPoint cut) {
            assertTrue(found.add(host.read(7)));
        }

        @Override
        public void close() {
            host.close();
        }
    }

    @Test
    void aCheckerKeepsItsQueuePairFromOneStateToTheNext() throws Exception {
        Set<Integer> found = ConcurrentHashMap.newKeySet();
        CrashSweep.of(drive())
                .workload(
                        (controller, log) -> {
                            try (Host host = new Host(controller)) {
                                for (int i = 1; i <= 100; i++) {
                                    host.write(7, i);
                                }
                            }
                        })
                .checker(controller -> new Reader(controller, found))
                .run()
                .verify();
        assertEquals(101, found.size());
    }

    /** Writes, some of several blocks or with FUA, and Flushes, some in flight together. */
    private static void runAtRandom(Host host, int seed, int steps) {
        Random random = new Random(seed);
        int value = 1;
        for (int i = 0; i < steps; i++) {
            switch (random.nextInt(10)) {
                case 0 -> host.flush();
                case 1 -> host.await();
                case 2 -> host.queue.flush(host.namespace, 0);
                case 3 -> host.readForced(random.nextInt(WRITTEN));
                default -> {
                    int blocks = 1 + random.nextInt(2);
                    int lba = random.nextInt(WRITTEN - blocks + 1);
                    host.submit(lba, blocks, value++, random.nextInt(6) == 0);
                }
            }
            if (host.queue.inFlight() == DEPTH) {
                host.await();
            }
        }
    }

    private static List<Integer> values(Controller controller) {
        try (Host host = new Host(controller)) {
            return IntStream.range(0, WRITTEN).mapToObj(host::read).toList();
        }
    }

    private static EmbeddedDriveBuilder drive(int atomicBlocks, boolean fails) {
        EmbeddedDriveBuilder builder = drive().atomicWriteUnitPowerFail(atomicBlocks, 0);
        if (fails) {
            for (int command : FAILING) {
                builder.fault(Fault.writes().atCommand(command).fails(StatusCode.WRITE_FAULT));
            }
        }
        return builder;
    }

    @ParameterizedTest
    @CsvSource({"1, false", "2, false", "1, true", "2, true"})
    void whatCutsLeaveOfADriveIsAmongTheStatesOfASweep(int atomicBlocks, boolean fails)
            throws Exception {
        int met = 0;
        int all = 0;
        for (int seed = 0; seed < 10; seed++) {
            int workload = seed;
            Set<List<Integer>> states = ConcurrentHashMap.newKeySet();
            CrashSweep.of(drive(atomicBlocks, fails))
                    .statesOfPoint(1 << 16)
                    .workload(
                            (controller, log) -> {
                                try (Host host = new Host(controller, fails)) {
                                    runAtRandom(host, workload, STEPS);
                                }
                            })
                    .check((controller, cut) -> states.add(values(controller)))
                    .run()
                    .verify();
            Set<List<Integer>> left = new HashSet<>();
            for (int cut = 0; cut < 12 * STEPS; cut++) {
                EmbeddedDriveBuilder cutDrive = drive(atomicBlocks, fails).seed(cut);
                left.add(
                        cut % 2 == 0
                                ? cutBetween(cutDrive, workload, cut % (STEPS + 1), fails)
                                : cutWithin(cutDrive, workload, 1 + cut % (STEPS - 2), fails));
            }
            List<List<Integer>> others =
                    left.stream().filter(image -> !states.contains(image)).toList();
            assertEquals(List.of(), others, () -> "workload " + workload + ": " + states);
            met += left.size();
            all += states.size();
        }
        assertTrue(met * 8 > all, met + " of " + all + " states were met");
    }

    @Test
    void aWriteThatHasFailedMayBeThereUnlessAForcedReadHasShownOtherwise() throws Exception {
        Set<List<Integer>> found = ConcurrentHashMap.newKeySet();
        CrashSweep.of(drive().fault(Fault.writes().atCommand(3).fails(StatusCode.WRITE_FAULT)))
                .workload(
                        (controller, log) -> {
                            try (Host host = new Host(controller, true)) {
                                host.write(0, 1);
                                host.flush();
                                host.write(0, 2);
                                assertEquals(1, host.read(0));
                                host.write(1, 3);
                                host.readForced(0);
                                host.write(2, 4);
                            }
                        })
                .check(note(3, found))
                .run()
                .verify();
        assertEquals(
                Set.of(
                        List.of(0, 0, 0),
                        List.of(1, 0, 0),
                        List.of(2, 0, 0),
                        List.of(1, 3, 0),
                        List.of(2, 3, 0),
                        List.of(1, 0, 4),
                        List.of(1, 3, 4)),
                found);
    }

    /** What a cut after some steps leaves. */
    private static List<Integer> cutBetween(
            EmbeddedDriveBuilder builder, int workload, int steps, boolean fails) {
        try (EmbeddedDrive drive = builder.build()) {
            try (Controller controller = drive.attach();
                    Host host = new Host(controller, fails)) {
                runAtRandom(host, workload, steps);
                drive.cutPower();
            }
            return afterwards(drive);
        }
    }

    /** What a cut leaves that comes while a Write is executed, after some others. */
    private static List<Integer> cutWithin(
            EmbeddedDriveBuilder builder, int workload, int commands, boolean fails) {
        try (EmbeddedDrive drive =
                builder.fault(Fault.after(commands).writes().cutsPower()).build()) {
            try (Controller controller = drive.attach();
                    Host host = new Host(controller, fails)) {
                runAtRandom(host, workload, STEPS);
                drive.cutPower(); // it had not so many commands
            } catch (NvmeException | AssertionError e) {
                assertEquals(1, countOf(fails ? FAILING.length : 0, drive), e::toString);
            }
            return afterwards(drive);
        }
    }

    private static long countOf(int fault, EmbeddedDrive drive) {
        return drive.history().stream().filter(injected -> injected.fault() == fault).count();
    }

    private static List<Integer> afterwards(EmbeddedDrive drive) {
        drive.powerOn();
        try (Controller controller = drive.attach()) {
            return values(controller);
        }
    }

    @Test
    void aSweepWantsAWorkloadAndACheck() {
        assertThrows(IllegalStateException.class, CrashSweep.of(drive())::run);
        assertThrows(IllegalArgumentException.class, () -> CrashSweep.of(drive()).statesOfPoint(1));
        assertThrows(IllegalArgumentException.class, () -> CrashSweep.of(drive()).threads(0));
    }
}
