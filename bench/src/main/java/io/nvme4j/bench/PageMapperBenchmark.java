// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.bench;

import io.nvme4j.Controller;
import io.nvme4j.memory.CopyPolicy;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.ScatterGatherList;
import io.nvme4j.memory.map.DataPointerForm;
import io.nvme4j.memory.map.GatherCursor;
import io.nvme4j.memory.map.ListPages;
import io.nvme4j.memory.map.MappedMemory;
import io.nvme4j.memory.map.MappingRules;
import io.nvme4j.memory.map.PageMapper;
import io.nvme4j.memory.map.SglSupport;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Nanoseconds to make the data pointer of one transfer, of memory whose pages lie anywhere: with
 * the lists of a buffer that was mapped once, and without.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
@SuppressWarnings("NullAway.Init") // JMH calls open() first
public class PageMapperBenchmark {
    private static final int PAGE = 4096;
    private static final int PLACES = 256;

    @Param({"4096", "16384", "131072", "1048576"})
    int size;

    private Controller controller;
    private DmaBuffer buffer;
    private MappedMemory withoutTable;
    private PageMapper mapper;
    private MemorySegment command;
    private MemorySegment[] segments;
    private ScatterGatherList list;
    private final GatherCursor cursor = new GatherCursor();
    private int place;

    /** Allocates memory whose pages are no neighbours for the controller. */
    @Setup(Level.Trial)
    public void open() {
        controller = Controller.attach("trtype:EMBEDDED size:1G traddr:null iova:scrambled");
        buffer = controller.allocate(size + (long) PLACES * PAGE);
        MappingRules rules =
                new MappingRules(
                        Set.of(DataPointerForm.PRP), SglSupport.NONE, false, PAGE, 0, 1 << 20);
        long[] iovas = new long[size / PAGE + PLACES];
        for (int i = 0; i < iovas.length; i++) {
            iovas[i] = buffer.mapped().iova((long) i * PAGE);
        }
        withoutTable =
                MappedMemory.of(buffer.segment().address(), buffer.length(), iovas, PAGE, null);
        int pages = rules.listPages();
        MemorySegment memory = Arena.ofAuto().allocate((long) pages * PAGE, PAGE);
        mapper = new PageMapper(rules, new ListPages(memory, new long[pages], PAGE), pages);
        command = Arena.ofAuto().allocate(128, 64);
        list = controller.scatterGatherList(CopyPolicy.REFUSE);
        segments = new MemorySegment[PLACES];
        for (int i = 0; i < PLACES; i++) {
            segments[i] = buffer.segment().asSlice((long) i * PAGE, size);
        }
    }

    /** Closes in the order that the library wants. */
    @TearDown(Level.Trial)
    public void close() {
        buffer.close();
        controller.close();
    }

    private int nextPlace() {
        place = (place + 1) & (PLACES - 1);
        return place;
    }

    /** A part of a buffer that was mapped when it was allocated. */
    @Benchmark
    public DataPointerForm mapped() {
        return mapper.map(command, 24, buffer.mapped(), (long) nextPlace() * PAGE, size, 0);
    }

    /** The same where every entry is looked up and written. */
    @Benchmark
    public DataPointerForm cold() {
        return mapper.map(command, 24, withoutTable, (long) nextPlace() * PAGE, size, 0);
    }

    /** The same for a segment of which nothing is known: it is looked for among all buffers. */
    @Benchmark
    public DataPointerForm coldSegment() {
        list.clear().add(segments[nextPlace()]);
        cursor.begin(list.gather());
        return mapper.map(command, 24, cursor, size, 0);
    }
}
