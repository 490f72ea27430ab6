// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.Controller;
import io.nvme4j.Namespace;
import io.nvme4j.QueuePair;
import io.nvme4j.memory.DmaBuffer;

import org.junit.jupiter.api.Test;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Workloads on real queue pairs, recorded, and what cuts may leave of them. */
class CrashSweepTest {
    private static final int BLOCK = 512;

    private static EmbeddedDriveBuilder drive() {
        return EmbeddedDrive.inMemory(1 << 20).volatileWriteCache(true);
    }

    /** A host with one queue pair that does one thing after the other. */
    private static final class Host implements AutoCloseable {
        final Namespace namespace;
        final QueuePair queue;
        final DmaBuffer buffer;

        Host(Controller controller) {
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
                queue.process((tag, status, result) -> assertEquals(0, status));
            }
        }

        @Override
        public void close() {
            buffer.close();
            queue.close();
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

    @Test
    void aSweepWantsAWorkloadAndACheck() {
        assertThrows(IllegalStateException.class, CrashSweep.of(drive())::run);
        assertThrows(IllegalArgumentException.class, () -> CrashSweep.of(drive()).statesOfPoint(1));
        assertThrows(IllegalArgumentException.class, () -> CrashSweep.of(drive()).threads(0));
    }
}
