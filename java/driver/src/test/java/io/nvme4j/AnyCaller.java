// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import io.nvme4j.PublicInterface.Call;
import io.nvme4j.engine.BlockingIo;
import io.nvme4j.engine.CallbackIo;
import io.nvme4j.engine.CompletionRing;
import io.nvme4j.engine.Engine;
import io.nvme4j.engine.EngineBuilder;
import io.nvme4j.engine.FutureIo;
import io.nvme4j.engine.IoOptions;
import io.nvme4j.engine.ReactorGroup;
import io.nvme4j.engine.Room;
import io.nvme4j.engine.TryingIo;
import io.nvme4j.error.NvmeException;
import io.nvme4j.internal.memory.ListUse;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.DmaPool;
import io.nvme4j.memory.ScatterGatherList;
import io.nvme4j.spec.feature.Feature;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Parameter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * A thread that calls whatever is public, with arguments of any kind: good ones, nulls, extremes,
 * what is closed, another thread's or another controller's.
 */
final class AnyCaller implements Callable<Void> {
    private static final int MOST_QUEUES = 3;

    private static final List<Call> CALLS =
            PublicInterface.calls().stream().filter(call -> isWanted(call.type())).toList();

    private static final List<Class<?>> BUSY =
            wanted(
                    Admin.class,
                    BlockingIo.class,
                    CallbackIo.class,
                    CompletionRing.class,
                    Controller.class,
                    DiscoveryService.class,
                    DmaBuffer.class,
                    Engine.class,
                    EngineBuilder.class,
                    Features.class,
                    FutureIo.class,
                    QueuePair.class,
                    QueuePair.class,
                    QueuePair.class,
                    ReactorGroup.class,
                    Room.class,
                    ScatterGatherList.class,
                    TryingIo.class);

    /** Of these a handler may call anything, as nothing there waits. */
    private static final List<Class<?>> FOR_HANDLERS =
            List.of(CallbackIo.class, DmaBuffer.class, QueuePair.class, CompletionRing.class);

    /** What ends things for everybody; seldom, or nothing else would happen. */
    private static final Set<String> DESTRUCTIVE = Set.of("close", "reset");

    /** What takes a time limit for later; all others wait. */
    private static final Set<Class<?>> KEEP_TIMES = Set.of(EngineBuilder.class, IoOptions.class);

    /** Exceptions that say what the caller did wrong. */
    private static final Set<Class<?>> REFUSALS =
            Set.of(
                    IllegalArgumentException.class,
                    IllegalStateException.class,
                    IndexOutOfBoundsException.class,
                    WrongThreadException.class);

    private final Hoard hoard;
    private final Random random;
    private final BooleanSupplier goesOn;
    private final Things things;
    private final IdentityHashMap<QueuePair, Set<Long>> queues = new IdentityHashMap<>();
    private final List<ScatterGatherList> lists = new ArrayList<>();
    private int depth;

    /** What is being called, and since when, for who looks whether anything hangs. */
    private volatile @Nullable String now;

    private volatile long since;

    AnyCaller(Hoard hoard, Random random, BooleanSupplier goesOn) {
        this.hoard = hoard;
        this.random = random;
        this.goesOn = goesOn;
        this.things = hoard.newThings();
    }

    /**
     * Not for a fuzzer: a thread that is pinned stays so, and so does a list whose use nobody ends;
     * and who acquires all of a pool's slices waits for ever for one that nobody releases. A
     * discovery service needs a target.
     */
    private static boolean isWanted(Class<?> type) {
        return type == DiscoveryService.class
                ? SpdkTarget.missing().isEmpty()
                : !Set.of(Affinity.class, DmaPool.class, ListUse.class).contains(type);
    }

    private static List<Class<?>> wanted(Class<?>... types) {
        return Arrays.stream(types).filter(AnyCaller::isWanted).toList();
    }

    /** What has been called for longer than a limit; null if nothing has. */
    @Nullable String hangs(long nanos) {
        String call = now;
        return call != null && System.nanoTime() - since > nanos ? call : null;
    }

    @Override
    public Void call() {
        while (goesOn.getAsBoolean()) {
            addQueue();
            call(pick(random.nextInt(20) == 0 ? CALLS : callsOf(BUSY)), null);
            hoard.tidy();
            hoard.calls.incrementAndGet();
        }
        finish();
        return null;
    }

    /** A call on a reactor, of one that may be called there. */
    void callFromHandler(Engine engine) {
        Call call = pick(callsOf(FOR_HANDLERS));
        if (!Set.of("take", "awaitIdle").contains(call.executable().getName())) {
            call(call, call.type() == CallbackIo.class ? callbacks(engine) : null);
        }
    }

    private List<Call> callsOf(List<Class<?>> types) {
        Class<?> type = types.get(random.nextInt(types.size()));
        return CALLS.stream().filter(call -> call.type() == type).toList();
    }

    private Call pick(List<Call> calls) {
        Call call = calls.get(random.nextInt(calls.size()));
        boolean isDestructive = DESTRUCTIVE.contains(call.executable().getName());
        return isDestructive && random.nextInt(10) > 0 ? pick(calls) : call;
    }

    private void call(Call call, @Nullable Object wanted) {
        Object receiver = wanted;
        Parameter[] parameters = call.executable().getParameters();
        @Nullable Object[] arguments = new @Nullable Object[parameters.length];
        try {
            if (receiver == null && !call.isStatic()) {
                receiver = receiver(call.type());
            }
            for (int i = 0; i < parameters.length; i++) {
                arguments[i] = argument(call, receiver, parameters[i]);
            }
        } catch (IllegalStateException | NvmeException e) {
            return; // what the argument would be made of has been closed
        }
        call(call, receiver, arguments);
    }

    private void call(Call call, @Nullable Object receiver, @Nullable Object[] arguments) {
        String outer = now;
        since = System.nanoTime();
        now = call + " of " + Arrays.toString(arguments);
        depth++;
        try {
            took(call, receiver, arguments, call.invokeOn(receiver, arguments));
        } catch (InvocationTargetException e) {
            threw(call, arguments, Objects.requireNonNull(e.getCause()));
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            throw new AssertionError("the test calls " + now + " wrongly", e);
        } finally {
            depth--;
            now = outer;
        }
    }

    private void took(
            Call call,
            @Nullable Object receiver,
            @Nullable Object[] arguments,
            @Nullable Object result) {
        if (receiver instanceof QueuePair queue
                && isPreparing(call)
                && !Boolean.FALSE.equals(result)) {
            queues.computeIfAbsent(queue, one -> new HashSet<>()).add(tag(call, arguments));
        }
        if (receiver instanceof CallbackIo io && result instanceof Long ticket && ticket >= 0) {
            hoard.expect(io);
        }
        keep(result);
    }

    private void keep(@Nullable Object result) {
        switch (result) {
            case null -> {}
            case QueuePair queue -> own(queue);
            case Controller attached -> attached.close();
            case ScatterGatherList list -> lists.add(list);
            case CallbackIo _ -> {} // each is used once
            case Feature<?> _ -> {} // it takes its own values alone
            case Optional<?> some -> keep(some.orElse(null));
            case MemorySegment _ -> {} // of a buffer, with what is behind the canary's beginning
            default -> hoard.add(result);
        }
    }

    private void own(QueuePair queue) {
        queues.putIfAbsent(queue, new HashSet<>());
        hoard.add(queue);
        if (queues.size() > MOST_QUEUES && depth == 0) {
            close(queues.keySet().iterator().next());
        }
    }

    private void close(QueuePair queue) {
        queue.close();
        queues.remove(queue);
    }

    private static boolean isPreparing(Call call) {
        return Arrays.stream(call.executable().getParameters())
                .anyMatch(parameter -> parameter.getName().equals("tag"));
    }

    private static Long tag(Call call, @Nullable Object[] arguments) {
        return (Long) Objects.requireNonNull(arguments[arguments.length - 1], call::toString);
    }

    private void threw(Call call, @Nullable Object[] arguments, Throwable thrown) {
        // HotSpot leaves out the message of a null pointer that is met often.
        boolean isOfNull =
                thrown instanceof NullPointerException && Arrays.asList(arguments).contains(null);
        boolean isDocumented =
                REFUSALS.contains(thrown.getClass())
                        || thrown instanceof NvmeException
                        || thrown instanceof Told.Thrown;
        if (!isOfNull && (!isDocumented || thrown.getMessage() == null)) {
            String what = call + " of " + Arrays.toString(arguments);
            hoard.fault(thrown + " by " + what + Hoard.stackOf(thrown));
        }
    }

    private @Nullable Object receiver(Class<?> type) {
        if (type == QueuePair.class && random.nextInt(10) > 0) {
            return ownQueue();
        }
        if (type == CallbackIo.class) {
            Engine engine = (Engine) good(Engine.class, "");
            return callbacks(engine);
        }
        return good(type, "");
    }

    private @Nullable Object argument(Call call, @Nullable Object receiver, Parameter parameter) {
        Class<?> type = parameter.getType();
        String name = parameter.getName();
        if (type == CompletionHandler.class) {
            return handler(receiver);
        }
        if (type == Consumer.class) {
            return (Consumer<Object>) any -> throwSometimes();
        }
        if (type == Runnable.class) {
            return (Runnable) () -> {}; // which a reactor may run at any time
        }
        if (type == Duration.class && !KEEP_TIMES.contains(call.type())) {
            return Duration.ofNanos(random.nextInt(2_000_000) - 1000); // or it would wait so long
        }
        if (name.equals("tag")) {
            return hoard.tags.incrementAndGet();
        }
        if (type == Object.class) {
            return random.nextInt(12) == 0 ? null : things.of(type); // a feature's value
        }
        if (name.equals("reactors")) {
            return random.nextInt(4) - 1; // a hundred spinning threads leave no time for others
        }
        if (name.equals("timeoutMillis")) {
            return random.nextInt(200) - 1;
        }
        if (call.type() == DiscoveryService.class
                && type == String.class
                && random.nextInt(12) > 0) {
            return Things.discoveryId();
        }
        if (random.nextInt(12) == 0) {
            var nonsense = Nonsense.of(type);
            return nonsense.get(random.nextInt(nonsense.size())).apply(things);
        }
        return good(type, name);
    }

    private Object good(Class<?> type, String name) {
        if (type == int.class) {
            return (int) number(name);
        }
        if (type == long.class) {
            return number(name);
        }
        if (type == boolean.class) {
            return random.nextBoolean();
        }
        if (type == ScatterGatherList.class) {
            return list();
        }
        if (type == QueuePair.class && queues.isEmpty()) {
            return things.of(type);
        }
        if (type == Duration.class) {
            return Duration.ofNanos(random.nextInt(5_000_000));
        }
        Object shared = random.nextInt(20) > 0 ? hoard.any(type, random) : null;
        return shared == null ? things.of(type, name) : shared;
    }

    private long number(String name) {
        return switch (name) {
            case "blocks", "count" -> 1 + random.nextInt(2);
            case "startingLba", "ticket" -> random.nextInt(200);
            case "offset", "compareOffset", "writeOffset", "metadataOffset" ->
                    512L * random.nextInt(33);
            case "length", "bytes" -> 512L * (1 + random.nextInt(8));
            case "depth", "commands", "requests" -> 2 + random.nextInt(15);
            case "standby", "limit" -> 1 + random.nextInt(4);
            case "size" -> 1 << random.nextInt(6);
            default -> ((Number) things.of(long.class, name)).longValue();
        };
    }

    private ScatterGatherList list() {
        if (lists.isEmpty() || random.nextInt(30) == 0) {
            lists.add((ScatterGatherList) things.of(ScatterGatherList.class));
        }
        if (lists.size() > 8) {
            lists.subList(0, 4).clear();
        }
        return lists.get(random.nextInt(lists.size()));
    }

    /** For one command, of whose completion somebody is told once. */
    private CallbackIo callbacks(Engine engine) {
        CompletionRing ring = (CompletionRing) hoard.any(CompletionRing.class, random);
        return ring != null && random.nextInt(4) == 0
                ? callbacks(engine, ring.handler())
                : hoard.telling(
                        told -> callbacks(engine, told),
                        new Told(hoard, engine, hoard.tags.incrementAndGet()));
    }

    private CallbackIo callbacks(Engine engine, CompletionHandler handler) {
        CallbackIo io = engine.callbacks(handler, (IoOptions) good(IoOptions.class, ""));
        return random.nextBoolean() ? io : io.trying();
    }

    private @Nullable CompletionHandler handler(@Nullable Object receiver) {
        if (random.nextInt(30) == 0) {
            return null;
        }
        if (receiver instanceof QueuePair queue) {
            return (tag, status, result) -> completed(queue, tag);
        }
        return (tag, status, result) -> misbehave();
    }

    private void completed(QueuePair queue, long tag) {
        Set<Long> outstanding = queues.get(queue);
        if (outstanding == null || !outstanding.remove(tag)) {
            hoard.fault("told of command " + tag + ", which was not prepared, or was told of");
        }
        misbehave();
    }

    private void throwSometimes() {
        if (random.nextInt(20) == 0) {
            throw new Told.Thrown();
        }
    }

    private void misbehave() {
        throwSometimes();
        if (random.nextInt(20) < 3 && depth < 3) {
            call(pick(callsOf(BUSY)), null);
        }
    }

    private void addQueue() {
        if (queues.isEmpty()) {
            try {
                own(
                        hoard.controller.queuePair(
                                QueuePairOptions.depth(1 + random.nextInt(8))
                                        .standby(random.nextInt(4))));
            } catch (NvmeException e) {
                // The others have them all, or the controller is being reset.
            }
        }
    }

    private @Nullable QueuePair ownQueue() {
        List<QueuePair> own = List.copyOf(queues.keySet());
        return own.isEmpty()
                ? (QueuePair) things.of(QueuePair.class)
                : own.get(random.nextInt(own.size()));
    }

    private void finish() {
        for (QueuePair queue : List.copyOf(queues.keySet())) {
            drain(queue);
            close(queue);
        }
    }

    /** All that was prepared is told of, unless the queue pair is closed or has failed. */
    private void drain(QueuePair queue) {
        Set<Long> outstanding = Objects.requireNonNull(queues.get(queue));
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        try {
            while (queue.inFlight() > 0 && System.nanoTime() - end < 0) {
                queue.process((tag, status, result) -> outstanding.remove(tag));
            }
            if (!outstanding.isEmpty()) {
                hoard.fault("never told of commands " + outstanding);
            }
        } catch (IllegalStateException | NvmeException e) {
            // Closed, or failed: its commands are dropped.
        }
    }
}
