// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nvme4j.Controller;
import io.nvme4j.Namespace;
import io.nvme4j.error.CommandException;
import io.nvme4j.memory.DmaBuffer;

import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What an engine tells of itself: counts, latencies, Flight Recorder events, Micrometer's meters.
 */
class ObservabilityTest {
    @Test
    void countsAreThoseOfTheCommands() {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M");
                DmaBuffer buffer = controller.allocate(4096);
                Engine engine = Engine.builder(controller).depth(4).keepLatencies().start()) {
            Namespace namespace = controller.namespace(1);
            BlockingIo io = engine.blocking();
            for (int i = 0; i < 10; i++) {
                io.read(namespace, i, 1, buffer, 0);
            }
            assertThrows(
                    CommandException.class,
                    () -> io.read(namespace, namespace.blocks(), 1, buffer, 0));
            QueueStatistics statistics = engine.statistics();
            assertEquals(11, statistics.submitted());
            assertEquals(11, statistics.completed());
            assertEquals(1, statistics.failed());
            assertEquals(0, statistics.timedOut());
            assertTrue(statistics.exchanges() >= 11);
            Histogram latencies = engine.takeLatencies();
            assertEquals(11, latencies.getTotalCount());
            assertTrue(latencies.getMaxValue() < TimeUnit.SECONDS.toNanos(10));
            assertEquals(0, engine.takeLatencies().getTotalCount());
        }
    }

    @Test
    void anEngineThatKeepsNoLatenciesSaysSo() {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M");
                Engine engine = Engine.start(controller, 4)) {
            assertThrows(IllegalStateException.class, engine::takeLatencies);
        }
    }

    @Test
    void theFlightRecorderIsToldOfFailedCommands(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("recording.jfr");
        try (Recording recording = new Recording();
                Controller controller = Controller.attach("trtype:EMBEDDED size:1M");
                DmaBuffer buffer = controller.allocate(4096);
                Engine engine =
                        Engine.builder(controller).depth(4).slow(Duration.ofHours(1)).start()) {
            recording.enable("io.nvme4j.Io");
            recording.start();
            Namespace namespace = controller.namespace(1);
            engine.blocking().read(namespace, 3, 1, buffer, 0);
            assertThrows(
                    CommandException.class,
                    () -> engine.blocking().read(namespace, namespace.blocks(), 1, buffer, 0));
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        assertEquals(1, events.size(), events.toString());
        assertEquals(2, events.get(0).getInt("opcode"));
        assertEquals(2048, events.get(0).getLong("startingLba"));
        assertEquals(0x80, events.get(0).getInt("status") & 0xFF); // LBA Out of Range
    }

    @Test
    void micrometerSeesTheCounts() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M");
                Engine engine = Engine.start(controller, 4)) {
            new EngineMeters(engine, "test").bindTo(registry);
            engine.blocking().flush(controller.namespace(1));
            assertEquals(
                    1,
                    registry.get("nvme4j.commands.completed")
                            .tags("engine", "test", "queue", "0")
                            .functionCounter()
                            .count());
            assertEquals(0, registry.get("nvme4j.commands.inflight").gauge().value());
        }
    }

    /** A reactor that sleeps when idle uses a small part of the time, whatever the machine does. */
    @Test
    void aQuietEngineSleeps() throws InterruptedException {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M");
                Engine engine =
                        Engine.builder(controller).idleStrategy(IdleStrategy.SLEEP).start()) {
            engine.blocking().flush(controller.namespace(1));
            ThreadMXBean threads = ManagementFactory.getThreadMXBean();
            long reactor = reactorThread(threads);
            Thread.sleep(100);
            long before = threads.getThreadCpuTime(reactor);
            Thread.sleep(1000);
            long used = threads.getThreadCpuTime(reactor) - before;
            assertTrue(used < TimeUnit.MILLISECONDS.toNanos(250), used + " ns of a second");
            engine.blocking().flush(controller.namespace(1)); // and wakes up
        }
    }

    private static long reactorThread(ThreadMXBean threads) {
        Optional<Long> found = Optional.empty();
        for (long id : threads.getAllThreadIds()) {
            if (threads.getThreadInfo(id) != null
                    && threads.getThreadInfo(id).getThreadName().startsWith("nvme4j-reactor")) {
                found = Optional.of(id);
            }
        }
        return found.orElseThrow();
    }
}
