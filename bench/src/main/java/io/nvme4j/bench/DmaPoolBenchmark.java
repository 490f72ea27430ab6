// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.bench;

import io.nvme4j.Controller;
import io.nvme4j.engine.Engine;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.DmaPool;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

import java.util.concurrent.TimeUnit;

/**
 * Nanoseconds to acquire a slice of a pool and to release it, beside an engine whose commands are
 * looked at before a slice is given out again; {@code -prof gc} shows that nothing is allocated.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
@SuppressWarnings("NullAway.Init") // JMH calls open() first
public class DmaPoolBenchmark {
    private Controller controller;
    private Engine engine;
    private DmaPool pool;

    /** Makes a pool of 256 slices, and an engine of depth 128. */
    @Setup(Level.Trial)
    public void open() {
        controller = Controller.attach("trtype:EMBEDDED size:1M traddr:null");
        engine = Engine.start(controller, 128);
        pool = controller.pool(4096, 256);
    }

    /** Closes all. */
    @TearDown(Level.Trial)
    public void close() {
        pool.close();
        engine.close();
        controller.close();
    }

    /** One thread. */
    @Benchmark
    @Threads(1)
    public DmaBuffer alone() {
        return use();
    }

    /** Two threads at once. */
    @Benchmark
    @Threads(2)
    public DmaBuffer together() {
        return use();
    }

    private DmaBuffer use() {
        DmaBuffer slice = pool.acquire();
        pool.release(slice);
        return slice;
    }
}
