// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import io.nvme4j.Controller;
import io.nvme4j.internal.queue.IoRecorder;
import io.nvme4j.internal.wait.Nanos;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Objects;

/** How an engine is made. What isn't set is as its setter says. */
public final class EngineBuilder {
    private static final int MAXIMUM_RING = 1 << 24;

    final Controller controller;
    int depth = 128;
    int ringSize = 1024;
    boolean singleProducer;
    @Nullable ReactorGroup reactors;
    IdleStrategy idleStrategy = IdleStrategy.SLEEP;
    long timeoutNanos;
    boolean abortsTimedOut = true;
    RecoveryPolicy recovery = RecoveryPolicy.NONE;
    boolean keepsLatencies;
    long slowNanos = IoRecorder.SLOW_NANOS;

    EngineBuilder(Controller controller) {
        this.controller = Objects.requireNonNull(controller, "controller");
    }

    /** Commands that each queue pair has in flight at once, 1 to the controller's maximum; 128. */
    public EngineBuilder depth(int commands) {
        depth = commands;
        return this;
    }

    /** Requests that wait for each queue pair, rounded up to a power of two; 1024. */
    public EngineBuilder ringSize(int requests) {
        if (requests < 2 || requests > MAXIMUM_RING) {
            throw new IllegalArgumentException(
                    "a ring has 2 to " + MAXIMUM_RING + " requests, not " + requests);
        }
        ringSize = requests;
        return this;
    }

    /**
     * Only one thread publishes, the first that does, which is quicker; others, handlers among
     * them, get an {@link IllegalStateException}.
     */
    public EngineBuilder singleProducer() {
        singleProducer = true;
        return this;
    }

    /**
     * Reactors to run on, with a queue pair on each; they outlive the engine. Without, the engine
     * has one of its own.
     */
    public EngineBuilder reactors(ReactorGroup group) {
        reactors = Objects.requireNonNull(group, "group");
        return this;
    }

    /** How the engine's own reactor rests; {@link IdleStrategy#SLEEP}. */
    public EngineBuilder idleStrategy(IdleStrategy strategy) {
        idleStrategy = Objects.requireNonNull(strategy, "strategy");
        return this;
    }

    /**
     * Time limit of each command that has none of its own, from its publishing; zero, as without
     * this, for none.
     */
    public EngineBuilder timeout(Duration limit) {
        timeoutNanos = Nanos.ofLimit(limit);
        return this;
    }

    /** Whether the controller is asked to abort what has timed out; it is. */
    public EngineBuilder abortTimedOut(boolean abort) {
        abortsTimedOut = abort;
        return this;
    }

    /** What is done when a queue pair has failed; nothing. */
    public EngineBuilder recovery(RecoveryPolicy policy) {
        recovery = Objects.requireNonNull(policy, "policy");
        return this;
    }

    /** Measures latencies, for {@link Engine#takeLatencies}. */
    public EngineBuilder keepLatencies() {
        keepsLatencies = true;
        return this;
    }

    /**
     * Latency from which the Flight Recorder is told of a command, as it is of one that fails; 10
     * ms.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public EngineBuilder slow(Duration threshold) {
        slowNanos = Nanos.ofLatency(threshold);
        return this;
    }

    /**
     * Creates the queue pairs and starts.
     *
     * @throws io.nvme4j.error.ShimException if the depth is out of range, or the controller has too
     *     few queue pairs left
     */
    public Engine start() {
        return new Engine(this);
    }

    /**
     * The ring: twice the depth at least, one batch on its way to C and the next being published.
     */
    int ringEvents() {
        int least = Math.max(ringSize, (int) Math.min(2L * depth, MAXIMUM_RING));
        return Integer.highestOneBit(least - 1) << 1;
    }
}
