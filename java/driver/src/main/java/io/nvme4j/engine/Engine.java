// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import io.nvme4j.CompletionHandler;
import io.nvme4j.Controller;
import io.nvme4j.Namespace;
import io.nvme4j.internal.Api;
import io.nvme4j.internal.engine.Lane;
import io.nvme4j.internal.engine.LaneCommands;
import io.nvme4j.internal.engine.LaneLife;
import io.nvme4j.internal.engine.LaneRing;
import io.nvme4j.internal.engine.Observer;
import io.nvme4j.internal.engine.Reactor;
import io.nvme4j.internal.engine.Recovery;
import io.nvme4j.internal.memory.Holders;
import io.nvme4j.internal.queue.CommandQueue;
import io.nvme4j.internal.queue.RecordArray;
import io.nvme4j.internal.wait.Nanos;
import io.nvme4j.internal.wait.Waiting;

import org.HdrHistogram.Histogram;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Queue pairs that many threads share without locks: an LMAX Disruptor ring in front of each, and a
 * reactor thread that owns it.
 *
 * <p>Callers choose how they learn of completions: {@link #callbacks}, on the reactor or through a
 * {@link CompletionRing}; {@link #futures}; {@link #blocking} calls, for platform and virtual
 * threads. All of them write the command into the ring's next submission record and publish it. The
 * reactor gives what was published to C in place, a whole batch with one native call; a lone
 * command goes out at once.
 *
 * <p>A full ring is back pressure: the caller waits, as long as its {@link IoOptions} say. A
 * command that takes too long is told as timed out (ETIMEDOUT), and keeps its memory until the
 * controller is through with it. Where there are several reactors, a thread's commands all take the
 * same one.
 *
 * <p>Thread-safe.
 */
public final class Engine implements AutoCloseable {
    /** This stands for a publishing that found no room, in place of a ticket. */
    public static final long NO_ROOM = LaneRing.NO_ROOM;

    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(30);

    /** To delete queue pairs, a transport may wait for an answer of its controller. */
    private static final Duration ABANDON_WITHIN = Duration.ofSeconds(30);

    private final Controller controller;
    private final ReactorGroup group;
    private final boolean ownsGroup;
    private final Recovery recovery;
    private final Lane[] lanes;
    private final long timeoutNanos;
    private final Publisher publisher;
    private final FutureIo futures;
    private final BlockingIo blocking;
    private final Room room = new Room(this);

    /* These are to be run when this is closed. */
    private final List<Runnable> farewells = new ArrayList<>(); // It guards itself.
    private boolean closed; // The farewells guard it.

    Engine(EngineBuilder options) {
        this.controller = options.controller;
        this.timeoutNanos = options.timeoutNanos;
        this.recovery =
                new Recovery(
                        controller, options.recovery.attempts(), options.recovery.delayMillis());
        ReactorGroup given = options.reactors;
        this.ownsGroup = given == null;
        this.group = given == null ? ReactorGroup.start(1, options.idleStrategy) : given;
        Holders holders = Api.memory(controller).holders();
        holders.add(Holders.Kind.ENGINE);
        try {
            this.publisher = new Publisher(this, IoOptions.DEFAULT);
            this.futures = new FutureIo(publisher);
            this.blocking = new BlockingIo(publisher);
            this.lanes = startLanes(options);
        } catch (RuntimeException | Error e) {
            if (ownsGroup) {
                group.close();
            }
            holders.remove(Holders.Kind.ENGINE);
            throw e;
        }
        farewells.add(() -> holders.remove(Holders.Kind.ENGINE));
    }

    /** Makes all lanes before one of them runs; leaves nothing behind where that fails. */
    private Lane[] startLanes(EngineBuilder options) {
        List<Lane> made = new ArrayList<>();
        int running = 0;
        try {
            for (Reactor reactor : group.reactors()) {
                made.add(newLane(options, reactor, made.size()));
            }
            for (Lane lane : made) {
                lane.start();
                running++;
            }
            return made.toArray(Lane[]::new);
        } catch (RuntimeException | Error e) {
            made.subList(0, running).forEach(Lane::abandon);
            made.subList(running, made.size()).forEach(Lane::finish);
            for (Lane lane : made) {
                Waiting.await(lane.finished(), ABANDON_WITHIN.toNanos());
            }
            throw e;
        }
    }

    private Lane newLane(EngineBuilder options, Reactor reactor, int number) {
        CommandQueue queue = Api.commandQueue(controller, options.depth);
        try {
            return lane(options, queue, reactor, number);
        } catch (RuntimeException | Error e) {
            queue.close();
            throw e;
        }
    }

    private Lane lane(EngineBuilder options, CommandQueue queue, Reactor reactor, int number) {
        int events = options.ringEvents();
        RecordArray records = RecordArray.ofSubmissions(events);
        LaneLife life = new LaneLife(recovery, reactor);
        Observer observer = new Observer(queue.slots(), options.keepsLatencies, options.slowNanos);
        return new Lane(
                Api.memory(controller).closings(),
                new LaneRing(number, records, events, options.singleProducer, reactor),
                life,
                new LaneCommands(queue, life, observer),
                options.abortsTimedOut);
    }

    /**
     * {@return the builder of an engine}
     *
     * @param controller whose queue pairs the engine has
     */
    public static EngineBuilder builder(Controller controller) {
        return new EngineBuilder(controller);
    }

    /**
     * Starts an engine with one queue pair and a reactor of its own.
     *
     * @param controller whose queue pair the engine has
     * @param depth commands that are in flight at once, 1 to the controller's maximum; further ones
     *     wait in the ring
     * @return the engine, which the caller closes
     * @throws io.nvme4j.error.ShimException if the depth is out of range, or the controller has no
     *     queue pair left
     */
    public static Engine start(Controller controller, int depth) {
        return builder(controller).depth(depth).start();
    }

    /**
     * {@return commands whose completions a handler is told of}
     *
     * @param handler which is told on the reactor, and must not block
     */
    public CallbackIo callbacks(CompletionHandler handler) {
        return new CallbackIo(publisher, handler);
    }

    /**
     * {@return commands whose completions a handler is told of, with these options}
     *
     * @param handler which is told on the reactor, and must not block
     * @param options for all of them
     */
    public CallbackIo callbacks(CompletionHandler handler, IoOptions options) {
        return new CallbackIo(new Publisher(this, options), handler);
    }

    /** {@return commands that give futures} */
    public FutureIo futures() {
        return futures;
    }

    /**
     * {@return commands that give futures, with these options}
     *
     * @param options for all of them
     */
    public FutureIo futures(IoOptions options) {
        return new FutureIo(new Publisher(this, options));
    }

    /** {@return commands that block their caller} */
    public BlockingIo blocking() {
        return blocking;
    }

    /**
     * {@return commands that block their caller, with these options}
     *
     * @param options for all of them
     */
    public BlockingIo blocking(IoOptions options) {
        return new BlockingIo(new Publisher(this, options));
    }

    /** {@return who waits for room for commands of the calling thread} */
    public Room room() {
        return room;
    }

    /** Has all that was published seen by its reactor. */
    void wake() {
        for (Lane lane : lanes) {
            lane.ring().wake();
        }
    }

    /**
     * {@return the reads and writes of a namespace's bytes, which block their caller}
     *
     * @param namespace or a slice, without metadata
     * @throws IllegalArgumentException if it has metadata, or is another controller's
     */
    public ByteIo bytes(Namespace namespace) {
        return bytes(namespace, IoOptions.DEFAULT);
    }

    /**
     * {@return the reads and writes of a namespace's bytes with these options}
     *
     * @param namespace or a slice, without metadata
     * @param options for all of them
     */
    public ByteIo bytes(Namespace namespace, IoOptions options) {
        return new ByteIo(this, namespace, options);
    }

    /**
     * Cancels a command: one that was not sent yet completes with ECANCELED; the controller is
     * asked to abort one that was, which completes as it will, mostly with the status Command Abort
     * Requested. Nothing happens if it has completed.
     *
     * @param ticket what its publishing returned
     * @throws IllegalArgumentException if that is {@link #NO_ROOM}
     */
    public void cancel(long ticket) {
        if (ticket < 0) {
            throw new IllegalArgumentException("no ticket: " + ticket);
        }
        lanes[(int) (ticket % lanes.length)].cancel(ticket / lanes.length);
    }

    /** {@return what the queue pairs have done so far, one for each reactor} */
    public List<QueueStatistics> queueStatistics() {
        List<QueueStatistics> all = new ArrayList<>();
        for (Lane lane : lanes) {
            all.add(QueueStatistics.of(lane));
        }
        return List.copyOf(all);
    }

    /** Tells the time limit of what has none of its own; 0 for none. */
    long timeoutNanos() {
        return timeoutNanos;
    }

    Lane lane(int index) {
        return lanes[index];
    }

    QueueStatistics statistics(int lane) {
        return QueueStatistics.of(lanes[lane]);
    }

    /** {@return what all queue pairs together have done so far} */
    public QueueStatistics statistics() {
        return queueStatistics().stream()
                .reduce(QueueStatistics::plus)
                .orElseThrow(AssertionError::new);
    }

    /**
     * {@return the latencies since the last call, in nanoseconds, from the submission to the
     * completion as a reactor sees them} One caller may take them at a time.
     *
     * @throws IllegalStateException if the engine was not told to keep them
     */
    public Histogram takeLatencies() {
        Histogram sum = new Histogram(3);
        for (Lane lane : lanes) {
            Histogram part = lane.commands().observer().takeLatencies();
            if (part == null) {
                throw new IllegalStateException("the engine keeps no latencies");
            }
            sum.add(part);
        }
        return sum;
    }

    /**
     * Waits until everything published has completed and its handlers were told, then deletes the
     * queue pairs. What hasn't completed after 30 s is cancelled. Closing twice does nothing.
     *
     * @throws IllegalStateException on a reactor, or if a handler doesn't return
     */
    @Override
    public void close() {
        close(CLOSE_WITHIN);
    }

    /**
     * Closes, cancelling what hasn't completed within a limit: handlers are told ECANCELED once the
     * controller no longer works on their commands.
     *
     * @param limit 0 or more; 0 cancels at once
     * @throws IllegalArgumentException if the limit is negative
     * @throws IllegalStateException on a reactor, or if a handler doesn't return
     */
    public void close(Duration limit) {
        long nanos = Nanos.ofLimit(limit);
        if (isReactor()) {
            throw new IllegalStateException("a handler can't close its own engine");
        }
        for (Lane lane : lanes) {
            lane.close();
        }
        if (!await(nanos)) {
            for (Lane lane : lanes) {
                lane.abandon();
            }
            if (!await(ABANDON_WITHIN.toNanos())) {
                throw new IllegalStateException(
                        "the reactor doesn't end: a handler has not returned");
            }
        }
        recovery.stop();
        if (ownsGroup) {
            group.close();
        }
        bidFarewell();
    }

    /** Has something done when the engine is closed; now if it is closed already. */
    void whenClosed(Runnable farewell) {
        boolean now;
        synchronized (farewells) {
            farewells.add(farewell);
            now = closed;
        }
        if (now) {
            bidFarewell();
        }
    }

    private void bidFarewell() {
        List<Runnable> left;
        synchronized (farewells) {
            closed = true;
            left = List.copyOf(farewells);
            farewells.clear();
        }
        left.forEach(Runnable::run);
    }

    private boolean await(long nanos) {
        long deadline = System.nanoTime() + nanos;
        boolean all = true;
        for (Lane lane : lanes) {
            all &= Waiting.await(lane.finished(), Math.max(0, deadline - System.nanoTime()));
        }
        return all;
    }

    boolean isReactor() {
        return group.isReactor();
    }

    Controller controller() {
        return controller;
    }

    int depth() {
        return lanes[0].depth();
    }

    int laneIndex() {
        return lanes.length == 1 ? 0 : (int) (Thread.currentThread().threadId() % lanes.length);
    }

    int lanes() {
        return lanes.length;
    }

    LaneRing ring(int lane) {
        return lanes[lane].ring();
    }

    long ticket(int lane, long sequence) {
        return lanes.length == 1 ? sequence : sequence * lanes.length + lane;
    }

    /** Tells when a command that is published now has timed out; 0 for never. */
    long deadline(IoOptions options) {
        long limit = options.timeoutNanos() == 0 ? timeoutNanos : options.timeoutNanos();
        if (limit == 0) {
            return 0;
        }
        long deadline = System.nanoTime() + Math.min(limit, TimeUnit.DAYS.toNanos(365));
        return deadline == 0 ? 1 : deadline;
    }
}
