// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.bench;

import io.nvme4j.Controller;
import io.nvme4j.internal.map.GatherCursor;
import io.nvme4j.internal.map.ListPages;
import io.nvme4j.internal.map.MappedMemory;
import io.nvme4j.internal.map.PageMapper;
import io.nvme4j.internal.memory.Buffers;
import io.nvme4j.internal.memory.Lists;
import io.nvme4j.map.DataPointerForm;
import io.nvme4j.map.MappingRules;
import io.nvme4j.map.SglSupport;
import io.nvme4j.memory.CopyPolicy;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.ScatterGatherList;

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
 * Nanoseconds to make the data pointer of one transfer, as PRPs: with the lists of a buffer that
 * was mapped once, and without. {@code bench/compare-mapping} runs it beside SPDK's own driver.
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

    /** Where pages lie for the controller: anywhere, or at one run, as for a vfio-user target. */
    @Param({"scrambled", "identity"})
    String pages;

    private Controller controller;
    private DmaBuffer buffer;
    private MappedMemory withoutTable;
    private PageMapper prps;
    private PageMapper descriptors;
    private MemorySegment record; // keeps the memory that command is the address of
    private long command;
    private MemorySegment[] segments;
    private ScatterGatherList list;
    private final GatherCursor cursor = new GatherCursor();
    private int place;

    /** Allocates memory with and without lists. */
    @Setup(Level.Trial)
    public void open() {
        controller = Controller.attach("trtype:EMBEDDED size:1G traddr:null iova:" + pages);
        buffer = controller.allocate(size + (long) PLACES * PAGE);
        long[] iovas = new long[size / PAGE + PLACES];
        for (int i = 0; i < iovas.length; i++) {
            iovas[i] = Buffers.mapped(buffer).iova((long) i * PAGE);
        }
        withoutTable =
                MappedMemory.of(buffer.segment().address(), buffer.length(), iovas, PAGE, null);
        prps = mapper(SglSupport.NONE, DataPointerForm.PRP);
        descriptors = mapper(SglSupport.DWORD, DataPointerForm.SGL);
        record = Arena.ofAuto().allocate(128, 64);
        command = record.address() + 24;
        list = controller.scatterGatherList(CopyPolicy.REFUSE);
        segments = new MemorySegment[PLACES];
        for (int i = 0; i < PLACES; i++) {
            segments[i] = buffer.segment().asSlice((long) i * PAGE, size);
        }
    }

    private static PageMapper mapper(SglSupport sgls, DataPointerForm form) {
        MappingRules rules = new MappingRules(Set.of(form), sgls, false, PAGE, 0, 1 << 20);
        int pages = ListPages.perCommand(rules);
        MemorySegment memory = Arena.ofAuto().allocate((long) pages * PAGE, PAGE);
        return new PageMapper(rules, new ListPages(memory, new long[pages], PAGE), pages);
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

    private DataPointerForm map(PageMapper mapper, MappedMemory memory) {
        long offset = (long) nextPlace() * PAGE;
        return mapper.map(command, memory, offset, size, 0);
    }

    /** PRPs of a part of a buffer that was mapped when it was allocated. */
    @Benchmark
    public DataPointerForm mapped() {
        return map(prps, Buffers.mapped(buffer));
    }

    /** The same where every entry is looked up and written. */
    @Benchmark
    public DataPointerForm cold() {
        return map(prps, withoutTable);
    }

    /** The same as an SGL: at one run, that is one descriptor in the command. */
    @Benchmark
    public DataPointerForm coldSgl() {
        return map(descriptors, withoutTable);
    }

    /** The same for a segment of which nothing is known: it is looked for among all buffers. */
    @Benchmark
    public DataPointerForm coldSegment() {
        list.clear().add(segments[nextPlace()]);
        cursor.begin(Lists.gather(list));
        return prps.map(command, cursor, size, 0);
    }
}
