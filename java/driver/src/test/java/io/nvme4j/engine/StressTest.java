// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.Controller;
import io.nvme4j.Namespace;
import io.nvme4j.Transports;
import io.nvme4j.Transports.Transport;
import io.nvme4j.error.ShimException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * Eight threads on one engine, with random closes, resets, time-outs and aborts: every command is
 * told of exactly once, no block holds what it shouldn't, and nothing is left behind.
 *
 * <p>System property {@code nvme4j.stress.seconds}: how long, for each transport; 13.
 */
class StressTest {
    private static final int THREADS = 8;
    private static final long START_SECONDS = 20;
    private static final long SECONDS = Long.getLong("nvme4j.stress.seconds", 13);

    static List<Transport> transports() {
        String delays = " latency:20us slow:2% slow_latency:3ms";
        return Transports.embeddedAndSpdk(
                "mode:threaded iova:scrambled" + delays,
                "mode:inline" + delays,
                "mode:threaded sgl:none" + delays);
    }

    @ParameterizedTest
    @MethodSource("transports")
    void everyCommandIsToldOfOnceAndNoDataIsWrong(Transport transport) throws Exception {
        long seed = System.nanoTime();
        System.out.println("stress of " + transport + ", seed " + seed);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        try (Controller controller = transport.attach();
                ReactorGroup group = ReactorGroup.start(2, IdleStrategy.SLEEP);
                ExecutorService executor = Executors.newCachedThreadPool()) {
            Namespace namespace = controller.namespace(transport.namespace());
            AtomicReference<Engine> engine = new AtomicReference<>(start(controller, group));
            List<StressWorker> workers = new ArrayList<>();
            List<Future<Void>> running = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                StressWorker worker =
                        new StressWorker(
                                controller,
                                namespace,
                                engine::get,
                                () -> System.nanoTime() - end < 0,
                                i,
                                seed);
                workers.add(worker);
                running.add(executor.submit(worker));
            }
            disturb(controller, group, engine, new Random(seed), end);
            for (Future<Void> worker : running) {
                worker.get(120, TimeUnit.SECONDS);
            }
            engine.get().close();
            workers.forEach(StressWorker::closeBuffers);
            long succeeded = workers.stream().mapToLong(worker -> worker.succeeded).sum();
            long failed = workers.stream().mapToLong(worker -> worker.failed).sum();
            System.out.println("  " + succeeded + " commands succeeded, " + failed + " did not");
            assertTrue(succeeded > 0);
        }
    }

    private static Engine start(Controller controller, ReactorGroup group) {
        return Engine.builder(controller)
                .depth(16)
                .ringSize(32)
                .reactors(group)
                .recovery(new RecoveryPolicy(200, 20))
                .start();
    }

    private static void disturb(
            Controller controller,
            ReactorGroup group,
            AtomicReference<Engine> engine,
            Random random,
            long end) {
        while (System.nanoTime() - end < 0) {
            awaitCommands(engine.get(), random.nextInt(20_000), end);
            switch (random.nextInt(4)) {
                case 0 -> {
                    engine.get().close(Duration.ofMillis(random.nextInt(5)));
                    engine.set(startAnew(controller, group));
                }
                case 1 -> reset(controller);
                default -> engine.get().statistics();
            }
        }
    }

    /** Waits until so many more are over, or the time is. */
    private static void awaitCommands(Engine engine, int count, long end) {
        long wanted = engine.statistics().completed() + count;
        while (engine.statistics().completed() < wanted && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(100_000); // leaves the processor to the workers
        }
    }

    /** A reset by the old engine's recovery may be under way, for which one of our own waits. */
    private static Engine startAnew(Controller controller, ReactorGroup group) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (true) {
            try {
                return start(controller, group);
            } catch (ShimException e) {
                if (System.nanoTime() - end > 0) {
                    throw e;
                }
                reset(controller);
            }
        }
    }

    private static void reset(Controller controller) {
        try {
            controller.reset(2_000);
        } catch (ShimException e) {
            System.out.println("  " + e.getMessage()); // the engine's recovery tries again
        }
    }
}
