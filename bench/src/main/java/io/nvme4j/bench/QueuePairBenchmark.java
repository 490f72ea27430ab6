// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.bench;

import io.nvme4j.CompletionHandler;
import io.nvme4j.Controller;
import io.nvme4j.Namespace;
import io.nvme4j.QueuePair;
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

/**
 * Nanoseconds for one read through a queue pair, prepared, submitted and reaped: the software
 * alone, as the null namespace moves no data.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
@SuppressWarnings("NullAway.Init") // JMH calls open() first
public class QueuePairBenchmark {
    /** Reads in one invocation, whatever the depth. */
    private static final int READS = 1024;

    @Param({"1", "32", "128"})
    int depth;

    @Param({"4096", "131072"})
    int size;

    private Controller controller;
    private Namespace namespace;
    private DmaBuffer buffer;
    private QueuePair queue;
    private long failed;
    private CompletionHandler handler;

    /** Attaches; the queue pair belongs to the benchmark's thread. */
    @Setup(Level.Trial)
    public void open() {
        controller = Controller.attach("trtype:EMBEDDED traddr:null size:64G");
        namespace = controller.namespace(1);
        buffer = controller.allocate((long) depth * size);
        queue = controller.queuePair(depth);
        handler = (tag, status, result) -> failed += status;
    }

    /** Closes in the order that the library wants. */
    @TearDown(Level.Trial)
    public void close() {
        queue.close();
        buffer.close();
        controller.close();
        if (failed != 0) {
            throw new AssertionError("reads failed");
        }
    }

    /** One read. */
    @Benchmark
    @OperationsPerInvocation(READS)
    public void read() {
        int blocks = size / namespace.blockSize();
        for (int issued = 0; issued < READS; issued += depth) {
            for (int i = 0; i < depth; i++) {
                queue.read(namespace, (long) issued * blocks, blocks, buffer, (long) i * size, i);
            }
            while (queue.inFlight() > 0) {
                queue.process(handler);
            }
        }
    }
}
