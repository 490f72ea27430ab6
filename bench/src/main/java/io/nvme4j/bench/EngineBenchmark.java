// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.bench;

import io.nvme4j.CompletionHandler;
import io.nvme4j.Controller;
import io.nvme4j.Namespace;
import io.nvme4j.engine.CallbackIo;
import io.nvme4j.engine.CompletionRing;
import io.nvme4j.engine.Engine;
import io.nvme4j.memory.DmaBuffer;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Reads in a second through one engine with one reactor, by each of its interfaces: the software
 * alone, as the null namespace moves no data. JMH's option {@code -t} says how many threads
 * publish; each wants a core, and so does the reactor.
 */
@BenchmarkMode(Mode.Throughput)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
@SuppressWarnings("NullAway.Init") // JMH calls open() first
public class EngineBenchmark {
    private static final int READS = 4096;
    private static final int SIZE = 4096;
    private static final int BLOCKS = SIZE / 512;
    private static final int DEPTH = 128;

    /** Futures that a thread leaves undone before it waits for the oldest. */
    private static final int FUTURES = 512;

    private static final int VIRTUAL_THREADS = 256;

    /** What all publishers share. */
    @State(Scope.Benchmark)
    public static class Shared {
        /** Only for one publisher: its claims take no atomic operation. */
        @Param("false")
        boolean singleProducer;

        private Controller controller;
        private Namespace namespace;
        private DmaBuffer buffer;
        private Engine engine;

        /** Attaches and starts the reactor. */
        @Setup(Level.Trial)
        public void open() {
            controller = Controller.attach("trtype:EMBEDDED traddr:null size:64G");
            namespace = controller.namespace(1);
            buffer = controller.allocate((long) DEPTH * SIZE);
            var builder = Engine.builder(controller).depth(DEPTH);
            engine = (singleProducer ? builder.singleProducer() : builder).start();
        }

        /** Closes in the order that the library wants. */
        @TearDown(Level.Trial)
        public void close() {
            engine.close();
            buffer.close();
            controller.close();
        }

        private long lba(int i) {
            return (long) i * BLOCKS;
        }

        private static long offset(int i) {
            return (long) (i % DEPTH) * SIZE;
        }
    }

    /** What each publisher has. */
    @State(Scope.Thread)
    public static class Publisher {
        private final AtomicLong completed = new AtomicLong();
        // The reactor alone writes it.
        private final CompletionHandler handler =
                (tag, status, result) -> completed.setRelease(completed.getPlain() + 1);
        private long published;

        private final CompletionRing ring = new CompletionRing(2 * READS);
        private long drained;
        private final CompletionHandler drain = (tag, status, result) -> drained++;

        private final ArrayDeque<CompletableFuture<Integer>> undone = new ArrayDeque<>(FUTURES);
    }

    /** Handlers on the reactor. */
    @Benchmark
    @OperationsPerInvocation(READS)
    public void callbacks(Shared shared, Publisher publisher) {
        read(shared, publisher.handler);
        publisher.published += READS;
        while (publisher.completed.getAcquire() < publisher.published) {
            Thread.onSpinWait();
        }
    }

    /** Completions that the publisher takes from a ring of its own. */
    @Benchmark
    @OperationsPerInvocation(READS)
    public void completionRing(Shared shared, Publisher publisher) {
        long end = publisher.drained + READS;
        read(shared, publisher.ring.handler());
        while (publisher.drained < end) {
            publisher.ring.poll(publisher.drain);
        }
    }

    private static void read(Shared shared, CompletionHandler handler) {
        CallbackIo io = shared.engine.callbacks(handler);
        for (int i = 0; i < READS; i++) {
            io.read(shared.namespace, shared.lba(i), BLOCKS, shared.buffer, Shared.offset(i), i);
        }
    }

    /** Futures, which the publisher joins. */
    @Benchmark
    @OperationsPerInvocation(READS)
    public void futures(Shared shared, Publisher publisher) {
        for (int i = 0; i < READS; i++) {
            if (publisher.undone.size() == FUTURES) {
                publisher.undone.remove().join();
            }
            publisher.undone.add(
                    shared.engine
                            .futures()
                            .read(
                                    shared.namespace,
                                    shared.lba(i),
                                    BLOCKS,
                                    shared.buffer,
                                    Shared.offset(i)));
        }
        while (!publisher.undone.isEmpty()) {
            publisher.undone.remove().join();
        }
    }

    /** Virtual threads, each of which waits for each of its reads. */
    @Benchmark
    @OperationsPerInvocation(READS)
    public void blocking(Shared shared) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int thread = 0; thread < VIRTUAL_THREADS; thread++) {
            int first = thread * (READS / VIRTUAL_THREADS);
            threads.add(Thread.startVirtualThread(() -> block(shared, first)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static void block(Shared shared, int first) {
        for (int i = first; i < first + READS / VIRTUAL_THREADS; i++) {
            shared.engine
                    .blocking()
                    .read(shared.namespace, shared.lba(i), BLOCKS, shared.buffer, Shared.offset(i));
        }
    }
}
