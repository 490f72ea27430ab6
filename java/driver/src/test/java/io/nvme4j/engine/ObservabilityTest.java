// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nvme4j.CompletionHandler;
import io.nvme4j.Controller;
import io.nvme4j.Namespace;
import io.nvme4j.QueuePair;
import io.nvme4j.QueuePairOptions;
import io.nvme4j.error.CommandException;
import io.nvme4j.memory.DmaBuffer;

import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What an engine tells of itself: counts, latencies, Flight Recorder events, Micrometer's meters.
 */
class ObservabilityTest {
    private static final int MANY = 100_000;

    @Test
    void countsAreThoseOfTheCommands() {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M");
                DmaBuffer buffer = controller.allocate(4096);
                Engine engine = Engine.builder(controller).depth(4).keepLatencies().start()) {
            Namespace namespace = controller.namespace(1);
            long begin = System.nanoTime();
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
            assertTrue(latencies.getMinValue() < System.nanoTime() - begin, "in nanoseconds");
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
    void theFlightRecorderIsToldOfAnEnginesFailedCommandsByName(@TempDir Path directory)
            throws IOException {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M");
                DmaBuffer buffer = controller.allocate(4096);
                Engine engine =
                        Engine.builder(controller).depth(4).slow(Duration.ofHours(1)).start()) {
            Namespace namespace = controller.namespace(1);
            List<RecordedEvent> events =
                    record(
                            directory,
                            () -> {
                                engine.blocking().read(namespace, 3, 1, buffer, 0);
                                assertThrows(
                                        CommandException.class,
                                        () ->
                                                engine.blocking()
                                                        .read(
                                                                namespace,
                                                                namespace.blocks(),
                                                                1,
                                                                buffer,
                                                                0));
                            });
            assertEquals(1, events.size(), events.toString());
            assertIsReadOutOfRange(events.get(0));
        }
    }

    @Test
    void theFlightRecorderIsToldOfAQueuePairsFailedCommandsByName(@TempDir Path directory)
            throws IOException {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M");
                DmaBuffer buffer = controller.allocate(4096);
                QueuePair queue =
                        controller.queuePair(QueuePairOptions.depth(4).slow(Duration.ofHours(1)))) {
            Namespace namespace = controller.namespace(1);
            List<RecordedEvent> events =
                    record(
                            directory,
                            () -> {
                                queue.read(namespace, 3, 1, buffer, 0, 0);
                                queue.read(namespace, namespace.blocks(), 1, buffer, 0, 1);
                                complete(queue);
                            });
            assertEquals(1, events.size(), events.toString());
            assertIsReadOutOfRange(events.get(0));
        }
    }

    private static void assertIsReadOutOfRange(RecordedEvent event) {
        assertEquals("READ", event.getString("opcode"));
        assertEquals(1, event.getInt("namespace"));
        assertEquals(2048, event.getLong("startingLba"));
        assertTrue(event.getString("status").startsWith("LBA Out of Range "), event.toString());
    }

    /** The controller takes longer than the event may miss of it. */
    @Test
    void anEventLastsFromTheSubmissionToTheCompletion(@TempDir Path directory) throws IOException {
        try (Controller controller =
                        Controller.attach("trtype:EMBEDDED traddr:null size:1M latency:20ms");
                QueuePair queue = controller.queuePair(4);
                Engine engine = Engine.start(controller, 4)) {
            Namespace namespace = controller.namespace(1);
            Instant begin = Instant.now();
            List<RecordedEvent> events =
                    record(
                            directory,
                            () -> {
                                queue.flush(namespace, 0);
                                complete(queue);
                                engine.blocking().flush(namespace);
                            });
            Instant end = Instant.now();
            assertEquals(2, events.size(), events.toString());
            for (RecordedEvent event : events) {
                assertEquals("FLUSH", event.getString("opcode"));
                assertTrue(event.getString("status").startsWith("Successful Completion "));
                assertTrue(event.getDuration().toMillis() >= 20, event.toString());
                assertFalse(event.getStartTime().isBefore(begin), event.toString());
                assertFalse(event.getEndTime().isAfter(end), event.toString());
            }
            assertFalse(events.get(1).getStartTime().isBefore(events.get(0).getEndTime()));
        }
    }

    /** A command that went out before a recording began has no beginning in it. */
    @Test
    void aRecordingKnowsNothingOfCommandsBeforeIt(@TempDir Path directory) throws IOException {
        try (Controller controller =
                        Controller.attach("trtype:EMBEDDED traddr:null size:1M latency:20ms");
                QueuePair queue = controller.queuePair(4)) {
            Namespace namespace = controller.namespace(1);
            assertEquals(1, record(directory, () -> flush(queue, namespace)).size());
            queue.flush(namespace, 0);
            queue.process((tag, status, result) -> {});
            assertEquals(List.of(), record(directory, () -> complete(queue)));
        }
    }

    private static void flush(QueuePair queue, Namespace namespace) {
        queue.flush(namespace, 0);
        complete(queue);
    }

    private static void complete(QueuePair queue) {
        while (queue.inFlight() > 0) {
            queue.process((tag, status, result) -> {});
        }
    }

    /** The events of commands that are told while something is done. */
    private static List<RecordedEvent> record(Path directory, Runnable work) throws IOException {
        Path file = directory.resolve("recording.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("io.nvme4j.Io");
            recording.start();
            work.run();
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        return events.stream().sorted(Comparator.comparing(RecordedEvent::getStartTime)).toList();
    }

    /** Neither event nor anything else: without a recording, a queue pair allocates nothing. */
    @Test
    void withoutARecordingAQueuePairAllocatesNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (Controller controller = Controller.attach("trtype:EMBEDDED traddr:null size:1M");
                QueuePair queue = controller.queuePair(4)) {
            Namespace namespace = controller.namespace(1);
            long[] told = {0};
            CompletionHandler handler = (tag, status, result) -> told[0]++;
            flushMany(queue, namespace, handler); // what is made once, such as call sites
            long before = threads.getCurrentThreadAllocatedBytes();
            flushMany(queue, namespace, handler);
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            assertTrue(allocated < MANY, allocated + " bytes for " + MANY + " commands");
            assertEquals(2 * MANY, told[0]);
        }
    }

    private static void flushMany(QueuePair queue, Namespace namespace, CompletionHandler handler) {
        for (int i = 0; i < MANY; i++) {
            queue.flush(namespace, i);
            while (queue.inFlight() > 0) {
                queue.process(handler);
            }
        }
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
            assertNull(registry.find("nvme4j.commands.latency").meter(), "no latencies are kept");
        }
    }

    @Test
    void everyMeterHasADescriptionAndABaseUnit() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M");
                Engine engine = Engine.builder(controller).depth(4).keepLatencies().start()) {
            new EngineMeters(engine, "test").bindTo(registry);
            assertFalse(registry.getMeters().isEmpty());
            for (Meter meter : registry.getMeters()) {
                assertNotNull(meter.getId().getDescription(), meter.getId().toString());
                assertNotNull(meter.getId().getBaseUnit(), meter.getId().toString());
            }
        }
    }

    @Test
    void micrometersTimerHasTheLatenciesThatTheEngineKeeps() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (Controller controller =
                        Controller.attach("trtype:EMBEDDED traddr:null size:1M latency:1ms");
                Engine engine = Engine.builder(controller).depth(4).keepLatencies().start()) {
            new EngineMeters(engine, "test").bindTo(registry);
            for (int i = 0; i < 5; i++) {
                engine.blocking().flush(controller.namespace(1));
            }
            Timer timer = registry.get("nvme4j.commands.latency").timer();
            assertEquals(5, timer.count());
            assertTrue(timer.totalTime(TimeUnit.MILLISECONDS) >= 5, timer.toString());
            assertEquals(5, engine.takeLatencies().getTotalCount());
        }
    }

    /** The reactor is in a handler: what is published meanwhile stays in the ring. */
    @Test
    void micrometersRingGaugeCountsTheRequestsThatWait() throws InterruptedException {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M");
                Engine engine = Engine.start(controller, 4)) {
            new EngineMeters(engine, "test").bindTo(registry);
            Namespace namespace = controller.namespace(1);
            CountDownLatch isTold = new CountDownLatch(1);
            CountDownLatch mayReturn = new CountDownLatch(1);
            engine.callbacks(stopping(isTold, mayReturn)).flush(namespace, 0);
            isTold.await();
            double before = registry.get("nvme4j.ring.waiting").gauge().value();
            for (int i = 0; i < 10; i++) {
                engine.callbacks((tag, status, result) -> {}).flush(namespace, 0);
            }
            assertEquals(before + 10, registry.get("nvme4j.ring.waiting").gauge().value());
            mayReturn.countDown();
        }
    }

    private static CompletionHandler stopping(CountDownLatch isTold, CountDownLatch mayReturn) {
        return (tag, status, result) -> {
            isTold.countDown();
            try {
                mayReturn.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        };
    }

    @Test
    void aClosedEnginesMetersAreGone() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        CompositeMeterRegistry composite = new CompositeMeterRegistry();
        composite.add(registry);
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M")) {
            for (int round = 0; round < 2; round++) { // the name is free again as well
                Engine engine = Engine.builder(controller).depth(4).keepLatencies().start();
                EngineMeters meters = new EngineMeters(engine, "test");
                meters.bindTo(composite);
                assertFalse(registry.getMeters().isEmpty());
                engine.close();
                assertEquals(List.of(), registry.getMeters());
                meters.bindTo(composite);
                assertEquals(List.of(), registry.getMeters(), "of a closed engine");
            }
        }
    }

    @Test
    void aSecondEngineOfANameIsRefused() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M");
                Engine first = Engine.start(controller, 4);
                Engine second = Engine.start(controller, 4)) {
            new EngineMeters(first, "one").bindTo(registry);
            int meters = registry.getMeters().size();
            EngineMeters same = new EngineMeters(second, "one");
            assertThrows(IllegalArgumentException.class, () -> same.bindTo(registry));
            new EngineMeters(second, "two").bindTo(registry);
            assertEquals(2 * meters, registry.getMeters().size());
        }
    }

    /** One that looks for work all the time would never be seen waiting. */
    @Test
    @Timeout(60)
    void aQuietEngineSleeps() {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M");
                Engine engine =
                        Engine.builder(controller).idleStrategy(IdleStrategy.SLEEP).start()) {
            engine.blocking().flush(controller.namespace(1));
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long reactor = reactorThread(threads);
            while (threads.getThreadInfo(reactor).getThreadState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
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
