// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import static io.nvme4j.internal.queue.NvmCommand.FORCE_UNIT_ACCESS;

import io.nvme4j.CompletionHandler;
import io.nvme4j.Controller;
import io.nvme4j.Namespace;
import io.nvme4j.error.CompletionStatus;
import io.nvme4j.error.Errno;
import io.nvme4j.internal.Api;
import io.nvme4j.internal.engine.Barrier;
import io.nvme4j.internal.engine.BarrierFlush;
import io.nvme4j.internal.engine.LaneRing;
import io.nvme4j.internal.engine.Request;
import io.nvme4j.internal.engine.Special;
import io.nvme4j.internal.memory.DmaMemory;
import io.nvme4j.map.MappingRules;

import org.jspecify.annotations.Nullable;

import java.util.function.Consumer;

/**
 * How the commands of an engine's interfaces come into its rings, as some options say: claims a
 * request, which its caller fills, and publishes it. Between the two nothing may throw.
 * Thread-safe.
 */
final class Publisher {
    final Engine engine;
    final DmaMemory memory;
    final MappingRules rules;
    final long maximumTransferSize;

    /** FUA of the options, or 0. */
    final long access;

    private final IoOptions options;

    /** The same, which leaves a reactor that sleeps asleep. */
    private final Publisher quiet;

    Publisher(Engine engine, IoOptions options) {
        this(engine, options, true);
    }

    private Publisher(Engine engine, IoOptions options, boolean wakes) {
        Controller controller = engine.controller();
        this.engine = engine;
        this.options = options;
        this.access = options.forceUnitAccess() ? FORCE_UNIT_ACCESS : 0;
        this.memory = Api.memory(controller);
        this.rules = controller.mappingRules();
        this.maximumTransferSize = controller.limits().transferSize();
        this.quiet = wakes ? new Publisher(engine, options, false) : this;
    }

    /** Has several commands published, and wakes the reactors once for all of them. */
    void batch(Consumer<Publisher> body) {
        try {
            body.accept(quiet);
        } finally {
            engine.wake();
        }
    }

    /** The same, which never waits for room. */
    Publisher trying() {
        return new Publisher(engine, options.withoutWaiting());
    }

    Controller controller() {
        return engine.controller();
    }

    /** The reactor that commands of the calling thread go to. */
    Thread reactor() {
        return engine.lane(engine.laneIndex()).thread();
    }

    /**
     * A request of the calling thread's ring, which tells a handler; null where there is no room.
     *
     * @throws IllegalStateException if the engine is closed, or the caller is a handler, and there
     *     is no room that it could wait for
     */
    @Nullable Request claim(CompletionHandler handler) {
        return claim(engine.ring(engine.laneIndex()), handler, options.roomNanos());
    }

    /** Room in the completion ring first, where there is one: the reactor can't wait for it. */
    private @Nullable Request claim(LaneRing ring, CompletionHandler handler, long roomNanos) {
        if (!reservePlace(handler, roomNanos)) {
            return noRoom(roomNanos);
        }
        Request request = null;
        try {
            request = ring.claim(0);
            if (request == null) {
                request = ring.claim(patience(roomNanos));
            }
        } finally {
            if (request == null) {
                giveBackPlace(handler);
            }
        }
        return request == null ? noRoom(roomNanos) : request.tells(handler);
    }

    private boolean reservePlace(CompletionHandler handler, long roomNanos) {
        return !(handler instanceof CompletionRing.Inlet inlet)
                || inlet.reserve(0)
                || inlet.reserve(patience(roomNanos));
    }

    private static void giveBackPlace(CompletionHandler handler) {
        if (handler instanceof CompletionRing.Inlet inlet) {
            inlet.giveBack();
        }
    }

    /** How long this thread may wait: the reactor, which makes room, not at all. */
    private long patience(long roomNanos) {
        return engine.isReactor() ? 0 : roomNanos;
    }

    private @Nullable Request noRoom(long roomNanos) {
        if (roomNanos > 0 && engine.isReactor()) {
            throw new IllegalStateException(
                    "the ring is full, and a handler can't wait for room in it: publish from there"
                            + " by what doesn't wait (trying(), IoOptions.waitForRoom)");
        }
        return null;
    }

    /**
     * Publishes what was claimed.
     *
     * @return the ticket; {@link Engine#NO_ROOM} for null
     */
    long publish(@Nullable Request request, long tag) {
        if (request == null) {
            return Engine.NO_ROOM;
        }
        request.tag = tag;
        request.deadline = engine.deadline(options);
        LaneRing ring = request.ring;
        ring.publish(request);
        if (quiet != this) {
            ring.wake();
        }
        return engine.ticket(ring.lane(), request.sequence);
    }

    /** A request that is more than a record; abandons it where there is no room. */
    @Nullable Request claim(Special special, CompletionHandler handler) {
        Request request = null;
        try {
            request = claim(handler);
        } finally {
            if (request == null) {
                special.abandon();
            }
        }
        return request == null ? null : request.with(special);
    }

    /** Publishes a Flush to all rings, which goes when all before it has completed. */
    long publishToAll(Namespace namespace, CompletionHandler handler, long tag) {
        Api.checkMemory(namespace, memory);
        if (!reservePlace(handler, options.roomNanos())) {
            noRoom(options.roomNanos());
            return Engine.NO_ROOM;
        }
        long ticket = Engine.NO_ROOM;
        try {
            ticket = publishToAll(new Barrier(engine.lanes(), handler), namespace.id(), tag);
        } finally {
            if (ticket == Engine.NO_ROOM) {
                giveBackPlace(handler);
            }
        }
        return ticket;
    }

    private long publishToAll(Barrier barrier, int namespace, long tag) {
        BarrierFlush flush = new BarrierFlush(barrier, namespace);
        Request first = claim(engine.ring(0), barrier, options.roomNanos());
        if (first == null) {
            return Engine.NO_ROOM;
        }
        long ticket = publish(first.with(flush), tag);
        int own = engine.laneIndex();
        for (int lane = 1; lane < engine.lanes(); lane++) {
            long each = publishToOther(lane, flush, barrier, tag);
            ticket = lane == own && each != Engine.NO_ROOM ? each : ticket;
        }
        return ticket;
    }

    /**
     * The lanes that were first wait for the others: so what can't be published to one of these, as
     * the engine was closed meanwhile, say, ends the Flush, of which the caller is told.
     */
    private long publishToOther(int lane, BarrierFlush flush, Barrier barrier, long tag) {
        try {
            Request request = claim(engine.ring(lane), barrier, IoOptions.FOREVER);
            return publish(request == null ? null : request.with(flush), tag);
        } catch (IllegalStateException e) {
            barrier.onCompletion(tag, CompletionStatus.ofErrno(Errno.ECANCELED), 0);
            return Engine.NO_ROOM;
        }
    }
}
