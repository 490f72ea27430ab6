// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.bench;

import io.nvme4j.CompletionHandler;
import io.nvme4j.Controller;
import io.nvme4j.Namespace;
import io.nvme4j.engine.Engine;
import io.nvme4j.memory.DmaBuffer;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Nanoseconds for one read through the engine, published by one thread and handled by the reactor:
 * the software alone, as the null namespace moves no data. Needs a core for each.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
@SuppressWarnings("NullAway.Init") // JMH calls open() first
public class EngineBenchmark {
    private static final int READS = 4096;
    private static final int SIZE = 4096;

    @Param({"32", "128"})
    int depth;

    private Controller controller;
    private Namespace namespace;
    private DmaBuffer buffer;
    private Engine engine;
    private CompletionHandler handler;

    private final AtomicLong completed = new AtomicLong();
    private long published;

    /** Attaches and starts the reactor. */
    @Setup(Level.Trial)
    public void open() {
        controller = Controller.attach("trtype:EMBEDDED traddr:null size:64G");
        namespace = controller.namespace(1);
        buffer = controller.allocate((long) depth * SIZE);
        engine = Engine.start(controller, depth);
        // The reactor alone writes it.
        handler = (tag, status, result) -> completed.setRelease(completed.getPlain() + 1);
    }

    /** Closes in the order that the library wants. */
    @TearDown(Level.Trial)
    public void close() {
        engine.close();
        buffer.close();
        controller.close();
    }

    /** One read. */
    @Benchmark
    @OperationsPerInvocation(READS)
    public void read() {
        int blocks = SIZE / namespace.blockSize();
        for (int i = 0; i < READS; i++) {
            long offset = (long) (i % depth) * SIZE;
            engine.callbacks()
                    .read(namespace, (long) i * blocks, blocks, buffer, offset, handler, i);
        }
        published += READS;
        while (completed.getAcquire() < published) {
            Thread.onSpinWait();
        }
    }
}
