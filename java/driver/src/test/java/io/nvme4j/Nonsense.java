// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import io.nvme4j.engine.Engine;
import io.nvme4j.engine.EngineBuilder;
import io.nvme4j.memory.CopyPolicy;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.ScatterGatherList;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Arguments that nobody should give, by their type: nulls, extremes, what is closed or foreign. */
final class Nonsense {
    private static final List<Function<Things, @Nullable Object>> INTS =
            List.of(
                    things -> 0,
                    things -> -1,
                    things -> Integer.MIN_VALUE,
                    things -> Integer.MAX_VALUE,
                    things -> 99);

    private static final List<Function<Things, @Nullable Object>> LONGS =
            List.of(
                    things -> 0L,
                    things -> -1L,
                    things -> Long.MIN_VALUE,
                    things -> Long.MAX_VALUE,
                    things -> 1L << 62,
                    things -> 99L);

    private static final Map<Class<?>, List<Function<Things, @Nullable Object>>> MORE =
            Map.of(
                    Controller.class,
                    List.of(things -> closed(Controller.attach(Things.ID))),
                    Namespace.class,
                    List.of(things -> things.others().namespace()),
                    DmaBuffer.class,
                    List.of(
                            things -> closed(things.controller().allocate(4096)),
                            things -> things.others().of(DmaBuffer.class),
                            Nonsense::readOnlyBuffer),
                    ScatterGatherList.class,
                    List.of(
                            things -> things.controller().scatterGatherList(CopyPolicy.REFUSE),
                            things -> things.others().of(ScatterGatherList.class),
                            things ->
                                    things.controller()
                                            .scatterGatherList(CopyPolicy.COPY)
                                            .skip(Long.MAX_VALUE)),
                    MemorySegment.class,
                    List.of(
                            things -> MemorySegment.NULL,
                            things -> MemorySegment.ofArray(new byte[0]),
                            things -> MemorySegment.ofArray(new long[] {1}),
                            things -> closedSegment(),
                            things -> Arena.ofAuto().allocate(513, 1),
                            things -> Arena.ofAuto().allocate(512).asReadOnly()),
                    ByteBuffer.class,
                    List.of(
                            things -> ByteBuffer.allocate(0),
                            things -> ByteBuffer.allocate(7),
                            things -> ByteBuffer.allocate(512).asReadOnlyBuffer()),
                    String.class,
                    List.of(
                            things -> "",
                            things -> " ",
                            things -> "nonsense",
                            things -> "trtype:",
                            things -> "a\0b",
                            things -> "x".repeat(100_000)),
                    Duration.class,
                    List.of(
                            things -> Duration.ZERO,
                            things -> Duration.ofNanos(-1),
                            things -> Duration.ofSeconds(Long.MAX_VALUE),
                            things -> Duration.ofSeconds(Long.MIN_VALUE)),
                    int[].class,
                    List.of(
                            things -> new int[0],
                            things -> new int[] {-1},
                            things -> new int[] {Integer.MAX_VALUE}),
                    EngineBuilder.class,
                    List.of(
                            things ->
                                    Engine.builder(things.controller()).depth(Integer.MAX_VALUE)));

    private Nonsense() {}

    /** Makers of nonsense for a parameter of a type. */
    static List<Function<Things, @Nullable Object>> of(Class<?> type) {
        if (type == double.class) {
            return List.of(things -> -1.0, things -> Double.NaN);
        }
        if (type == int.class) {
            return INTS;
        }
        if (type == long.class) {
            return LONGS;
        }
        if (type == boolean.class) {
            return List.of(things -> true);
        }
        List<Function<Things, @Nullable Object>> all = new ArrayList<>();
        all.add(things -> null);
        all.addAll(MORE.getOrDefault(type, List.of()));
        return all;
    }

    private static Controller closed(Controller controller) {
        controller.close();
        return controller;
    }

    private static DmaBuffer closed(DmaBuffer buffer) {
        buffer.close();
        return buffer;
    }

    private static DmaBuffer readOnlyBuffer(Things things) {
        DmaBuffer buffer =
                things.controller().register(Arena.ofAuto().allocate(4096, 4096).asReadOnly());
        things.keep(buffer);
        return buffer;
    }

    private static MemorySegment closedSegment() {
        try (Arena arena = Arena.ofShared()) {
            return arena.allocate(512);
        }
    }
}
