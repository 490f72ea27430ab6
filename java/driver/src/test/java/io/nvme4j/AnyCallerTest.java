// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.Transports.Transport;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Several threads call anything that is public, in any order, with any arguments; handlers call
 * back in, throw and close. Nothing crashes or hangs, only documented exceptions come out, every
 * command is told of once, no byte changes outside of what was handed over, and nothing is left
 * open.
 *
 * <p>System properties: {@code nvme4j.fuzz.seconds}, how long for all transports together, 60; and
 * {@code nvme4j.fuzz.seed}.
 */
class AnyCallerTest {
    private static final int THREADS = 4;
    private static final long SECONDS = Long.getLong("nvme4j.fuzz.seconds", 60);
    private static final long SEED = Long.getLong("nvme4j.fuzz.seed", System.nanoTime());

    /** An engine's close may take a minute where a handler hangs. */
    private static final long HANGS_NANOS = TimeUnit.SECONDS.toNanos(100);

    static List<Transport> transports() {
        return Transports.embeddedAndSpdk(
                "iova:scrambled", "mode:threaded latency:20us slow:2% slow_latency:3ms");
    }

    @ParameterizedTest
    @MethodSource("transports")
    void anyCallsInAnyOrderBreakNothing(Transport transport) throws Exception {
        System.out.println("any calls of " + transport + ", seed " + SEED);
        Controller controller = transport.attach();
        Hoard hoard = new Hoard(controller, controller.namespace(transport.namespace()));
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> uncaught(hoard, e));
        try {
            hoard.addEngine();
            run(hoard, SECONDS * 1000 / transports().size());
            hoard.finish();
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
        System.out.println("  " + hoard.calls + " calls");
        assertEquals("", String.join("\n", hoard.faults));
        assertTrue(hoard.calls.get() > 1000);
    }

    /** What a handler threw on a reactor; anything else is the library's mistake. */
    private static void uncaught(Hoard hoard, Throwable e) {
        if (!(e instanceof Told.Thrown)) {
            hoard.fault("uncaught: " + e + " at " + e.getStackTrace()[0]);
        }
    }

    private static void run(Hoard hoard, long millis) throws Exception {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        List<AnyCaller> callers = new ArrayList<>();
        ExecutorService executor =
                Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory());
        CompletionService<Void> running = new ExecutorCompletionService<>(executor);
        for (int i = 0; i < THREADS; i++) {
            Random random = new Random(SEED + i);
            callers.add(new AnyCaller(hoard, random, () -> System.nanoTime() - end < 0));
            running.submit(callers.getLast());
        }
        for (int ended = 0; ended < THREADS; ended++) {
            await(running, callers);
        }
        executor.close(); // a queue pair can be closed elsewhere once its thread has ended
    }

    private static void await(CompletionService<Void> running, List<AnyCaller> callers)
            throws Exception {
        Future<Void> ended = null;
        while (ended == null) {
            ended = running.poll(1, TimeUnit.SECONDS);
            callers.forEach(AnyCallerTest::checkHanging);
        }
        ended.get();
    }

    private static void checkHanging(AnyCaller caller) {
        String call = caller.hangs(HANGS_NANOS);
        if (call != null) {
            for (Map.Entry<Thread, StackTraceElement[]> one :
                    Thread.getAllStackTraces().entrySet()) {
                System.out.println(one.getKey());
                for (StackTraceElement element : one.getValue()) {
                    System.out.println("    " + element);
                }
            }
            throw new AssertionError("hangs: " + call);
        }
    }
}
