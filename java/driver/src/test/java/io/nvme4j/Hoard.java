// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import io.nvme4j.engine.BlockingIo;
import io.nvme4j.engine.CallbackIo;
import io.nvme4j.engine.CompletionRing;
import io.nvme4j.engine.Engine;
import io.nvme4j.engine.EngineMeters;
import io.nvme4j.engine.FutureIo;
import io.nvme4j.engine.IdleStrategy;
import io.nvme4j.engine.IoOptions;
import io.nvme4j.engine.ReactorGroup;
import io.nvme4j.error.NvmeException;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.DmaPool;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What the callers of {@link AnyCallerTest} share: things of the controller under test, open and
 * closed, and of another one; what was published and must be told of; and the faults found.
 */
final class Hoard {
    /**
     * Bytes of the memory that this class makes, of which those from {@link #MARGIN} on are a
     * canary.
     */
    static final int SIZE = 32 << 10;

    static final int MARGIN = 24 << 10;

    private static final byte CANARY = 0x5C;
    private static final int MOST = 6;

    /** What all threads may use. */
    private static final Set<Class<?>> SHARED =
            Set.of(
                    BlockingIo.class,
                    CompletionRing.class,
                    Controller.class,
                    DiscoveryService.class,
                    DmaBuffer.class,
                    Engine.class,
                    EngineMeters.class,
                    FutureIo.class,
                    IoOptions.class,
                    MemorySegment.class,
                    Namespace.class,
                    QueuePair.class,
                    ReactorGroup.class);

    final Controller controller;
    final Queue<String> faults = new ConcurrentLinkedQueue<>();
    final AtomicLong tags = new AtomicLong();
    final AtomicLong calls = new AtomicLong();
    private final Arena arena = Arena.ofShared();
    private final Controller other = Controller.attach(Things.ID);
    private final Map<Class<?>, List<Object>> things = new ConcurrentHashMap<>();
    private final Queue<AutoCloseable> retired = new ConcurrentLinkedQueue<>();
    private final Queue<Things> fallbacks = new ConcurrentLinkedQueue<>();
    private final Queue<Told> told = new ConcurrentLinkedQueue<>();
    private final Queue<CompletableFuture<?>> futures = new ConcurrentLinkedQueue<>();
    private final Queue<CompletionRing> rings = new ConcurrentLinkedQueue<>();
    private final List<MemorySegment> guarded = Collections.synchronizedList(new ArrayList<>());
    private final Map<CallbackIo, Told> handlers = Collections.synchronizedMap(new WeakHashMap<>());

    Hoard(Controller controller, Namespace namespace) {
        this.controller = controller;
        for (Controller one : List.of(controller, controller, controller, other, closed())) {
            add(one);
        }
        add(namespace);
        add(namespace);
        add(other.namespace(1));
        add(other.allocate(SIZE));
        addDiscoveryServices();
        for (int i = 0; i < 3; i++) {
            add(guarded(controller.allocate(SIZE)));
            add(guard(arena.allocate(SIZE, 4096)).asSlice(0, MARGIN));
            add(guard(MemorySegment.ofArray(new long[SIZE / Long.BYTES])).asSlice(0, MARGIN));
            addRegistered();
        }
    }

    private static Controller closed() {
        Controller controller = Controller.attach(Things.ID);
        controller.close();
        return controller;
    }

    private void addDiscoveryServices() {
        if (SpdkTarget.missing().isEmpty()) {
            DiscoveryService closed = DiscoveryService.attach(Things.discoveryId());
            closed.close();
            add(closed);
            add(DiscoveryService.attach(Things.discoveryId()));
        }
    }

    private void addRegistered() {
        try {
            add(controller.register(guard(arena.allocate(SIZE, 4096))));
        } catch (NvmeException e) {
            add(guarded(controller.allocate(SIZE))); // this transport registers nothing
        }
    }

    private DmaBuffer guarded(DmaBuffer buffer) {
        guard(buffer.segment());
        return buffer;
    }

    /** Memory whose end no command is given. */
    private MemorySegment guard(MemorySegment segment) {
        segment.asSlice(MARGIN).fill(CANARY);
        guarded.add(segment);
        return segment;
    }

    /** Takes something in, and lets go of another of its kind where there are too many. */
    void add(@Nullable Object thing) {
        if (thing instanceof CompletableFuture<?> future) {
            futures.add(future);
        }
        if (thing instanceof CompletionRing ring) {
            rings.add(ring);
        }
        for (Class<?> type : SHARED) {
            if (type.isInstance(thing)) {
                add(type, thing);
                return;
            }
        }
        if (thing instanceof AutoCloseable closeable) {
            retired.add(closeable);
        }
    }

    private void add(Class<?> type, Object thing) {
        List<Object> all = things.computeIfAbsent(type, key -> new ArrayList<>());
        synchronized (all) {
            all.add(thing);
            if (all.size() > MOST + 8 && all.remove(8) instanceof AutoCloseable closeable) {
                retire(closeable);
            }
        }
    }

    private void retire(AutoCloseable one) {
        if (!(one instanceof QueuePair) && !(one instanceof Controller)) {
            retired.add(one); // its owner closes a queue pair
        }
    }

    /** Anything of a type, open or closed; null where there is none yet. */
    @Nullable Object any(Class<?> type, Random random) {
        List<Object> all = things.get(type);
        if (all == null) {
            return null;
        }
        synchronized (all) {
            return all.isEmpty() ? null : all.get(random.nextInt(all.size()));
        }
    }

    /** For what there is none of; closed in the end. */
    Things newThings() {
        Things made = new Things();
        fallbacks.add(made);
        return made;
    }

    /** Makes what one command is published by. */
    CallbackIo telling(Function<Told, CallbackIo> maker, Told handler) {
        CallbackIo io = maker.apply(handler);
        handlers.put(io, handler);
        return io;
    }

    /** A command was published: its handler must be told of it, once. */
    void expect(CallbackIo io) {
        Told handler = handlers.remove(io);
        if (handler != null) {
            told.add(handler);
        }
    }

    void fault(String what) {
        faults.add(what);
    }

    static String stackOf(Throwable thrown) {
        return Arrays.stream(thrown.getStackTrace())
                .map(StackTraceElement::toString)
                .collect(Collectors.joining("\n    ", "\n    ", ""));
    }

    /** Looks after what has been let go of, and takes completions. */
    void tidy() {
        AutoCloseable one = retired.poll();
        if (one != null && !close(one, Duration.ofMillis(20))) {
            retired.add(one);
        }
        CompletionRing ring = rings.poll();
        if (ring != null) {
            poll(ring);
            rings.add(ring);
        }
        told.removeIf(Told::wasTold);
        futures.removeIf(CompletableFuture::isDone);
    }

    private static void poll(CompletionRing ring) {
        try {
            ring.poll((tag, status, result) -> {});
        } catch (IllegalStateException e) {
            // Another thread polls it.
        }
    }

    private static boolean close(AutoCloseable one, Duration limit) {
        try {
            if (one instanceof Engine engine) {
                engine.close(limit);
            } else {
                one.close();
            }
            return true;
        } catch (IllegalStateException e) {
            return false; // in use
        } catch (Exception e) {
            throw new AssertionError(one + " can't be closed", e);
        }
    }

    /** Closes all and finds out whether anything is missing. All callers have ended. */
    void finish() {
        closeAll(Engine.class);
        rings.forEach(Hoard::poll);
        rings.stream()
                .filter(ring -> ring.outstanding() != 0)
                .forEach(ring -> fault("a ring waits for " + ring.outstanding()));
        told.stream().filter(one -> !one.wasTold()).forEach(one -> fault("never told: " + one));
        futures.stream().filter(one -> !one.isDone()).forEach(one -> fault("never done: " + one));
        guarded.forEach(this::checkCanary);
        closeAll(ReactorGroup.class);
        closeAll(DmaBuffer.class);
        closeAll(DmaPool.class);
        closeAll(DiscoveryService.class);
        fallbacks.forEach(Things::close);
        arena.close(); // which what is registered keeps open
        other.close();
        controller.close(); // refuses where anything is open
    }

    private void checkCanary(MemorySegment segment) {
        if (!segment.scope().isAlive()) {
            return;
        }
        byte[] margin = segment.asSlice(MARGIN).toArray(ValueLayout.JAVA_BYTE);
        for (byte one : margin) {
            if (one != CANARY) {
                fault("memory was written to behind what was handed over: " + segment);
                return;
            }
        }
    }

    private void closeAll(Class<? extends AutoCloseable> type) {
        List<AutoCloseable> all = new ArrayList<>(retired);
        things.getOrDefault(type, List.of()).forEach(one -> all.add((AutoCloseable) one));
        for (AutoCloseable one : all) {
            if (type.isInstance(one) && !close(one, Duration.ofSeconds(20))) {
                fault("can't be closed: " + one);
            }
            if (one instanceof Engine engine && engine.statistics().inFlight() != 0) {
                fault("a closed engine has commands in flight: " + engine.statistics());
            }
        }
    }

    /** For those who begin with an engine. */
    void addEngine() {
        add(Engine.builder(controller).depth(8).ringSize(16).keepLatencies().start());
        add(ReactorGroup.start(2, IdleStrategy.SLEEP));
        add(new CompletionRing(16));
    }
}
